"""What Swift lacks and radosgw has: session tokens of STS, SSE-KMS, conditional PUT.

Arguments: port, access key, secret, file with the secret, directory that the server can read; CEPH_CONF leads to Ceph.  Runs
with the Python of get-boto3.  The server is restarted with the environments that are tested.
"""
import os
import secrets
import subprocess
import sys
import time

import boto3
from botocore.config import Config

import tap
from metadata_server import MetadataServer
from restart import restart
from tap import check, equal, fails, sql

PORT, KEY, SECRET, SECRET_FILE, DIRECTORY = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5]
ENDPOINT = "http://127.0.0.1:%d" % PORT
ROWS = "id,name\n" + "".join("%d,row %d\n" % (i, i) for i in range(30000))
WHOLE = "30000\n30000|30000|449985000"


def client(service, **more):
    keys = more or {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET}
    return boto3.client(service, endpoint_url=ENDPOINT, region_name="us-east-1", config=Config(
        s3={"addressing_style": "path"}, proxies={}, parameter_validation=False, request_checksum_calculation="when_required",
        response_checksum_validation="when_required"), **keys)


s3 = client("s3")


def assume_role(seconds=900):
    found = client("sts").assume_role(RoleArn="arn:aws:iam:::role/job", RoleSessionName="job", DurationSeconds=seconds)["Credentials"]
    issued.append(found["SecretAccessKey"])
    return {**found, "Token": found["SessionToken"], "Expiration": found["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ")}


issued = [SECRET]


def read(server):
    return ("TRUNCATE c; SET gpu_encode.s3_part_size = '64kB'; SELECT rows_imported FROM gpu_encode.s3_import('c', 's3://ceph/a.csv', server => '%s');"
            "SELECT count(*), count(DISTINCT id), sum(id) FROM c" % server)


def test_setup():
    statement = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",%s}]}'
    for arguments in [
            ["role", "create", "--role-name=job", "--assume-role-policy-doc=" +
             statement % '"Principal":{"AWS":["arn:aws:iam:::user/t"]},"Action":["sts:AssumeRole"]'],
            ["role-policy", "put", "--role-name=job", "--policy-name=all", "--policy-doc=" + statement % '"Action":["s3:*"],"Resource":["arn:aws:s3:::*"]']]:
        subprocess.run(["radosgw-admin"] + arguments, check=True, capture_output=True, timeout=60)
    s3.create_bucket(Bucket="ceph")
    s3.put_object(Bucket="ceph", Key="a.csv", Body=ROWS.encode())
    text = "CREATE EXTENSION IF NOT EXISTS gpu_encode; DROP TABLE IF EXISTS c; CREATE TABLE c (id int, name text);"
    for source in ["user_mapping", "imds", "profile"]:
        text += ("CREATE SERVER r_%s FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint '%s', credential_source '%s', scope 's3://none/r_%s');"
                 % (source, ENDPOINT, source, source))
    check(sql(text + "CREATE SERVER r FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint '%s', scope 's3://ceph');"
              "SELECT gpu_encode.s3_set_credentials('r', '%s', btrim(pg_read_file('%s'), E'\\n'))" % (ENDPOINT, KEY, SECRET_FILE)) == "",
          "servers are created")


def set_token(given, token):
    for name, text in [("id", given["AccessKeyId"]), ("key", given["SecretAccessKey"]), ("token", token)]:
        with open(os.path.join(DIRECTORY, "sts-" + name), "w") as file:
            file.write(text)
    sql("SELECT gpu_encode.s3_set_credentials('r_user_mapping', %s)" % ", ".join(
        "pg_read_file('%s/sts-%s')" % (DIRECTORY, name) for name in ["id", "key", "token"]))


def test_tokens():
    given = assume_role()
    set_token(given, given["Token"])
    equal(read("r_user_mapping"), WHOLE, "an import with a token of STS")
    equal("SET gpu_encode.s3_part_size = '8MB'; SELECT rows_uploaded FROM gpu_encode.s3_export('SELECT i AS id, repeat(''x'', 500) FROM generate_series(1, 30000) i', 's3://ceph/out.csv',"
          " server => 'r_user_mapping')", "30000", "an export in parts with it")
    check(s3.head_object(Bucket="ceph", Key="out.csv")["ETag"].endswith('-2"'), "which is there")
    equal("SELECT count(*) FROM gpu_encode.s3_list('s3://ceph/', 'r_user_mapping')", "2", "a list with it")
    for what, token in [("another", "x" + given["Token"][1:]), ("a cut", given["Token"][:-8])]:
        set_token(given, token)
        found = sql(read("r_user_mapping"))
        check("ERROR" in found and WHOLE not in found, what + " token is refused", found)


def test_instance():
    services = MetadataServer("x" + secrets.token_hex(4))
    services.issue = lambda kind: assume_role()
    given = assume_role()
    with open(os.path.join(DIRECTORY, "profile"), "w") as file:
        file.write("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\naws_session_token = %s\n"
                   % (given["AccessKeyId"], given["SecretAccessKey"], given["Token"]))
    restart(DIRECTORY, AWS_EC2_METADATA_SERVICE_ENDPOINT=services.url, AWS_SHARED_CREDENTIALS_FILE=DIRECTORY + "/profile")
    equal(read("r_profile"), WHOLE, "a token in a profile")
    equal(read("r_imds"), WHOLE, "tokens of the instance's metadata")
    services.issue = lambda kind: assume_role(60)
    services.requests = []
    begun = time.time()
    found = sql(read("r_imds") + "; SELECT pg_sleep(40);" + read("r_imds") + "; SELECT pg_sleep(40);" + read("r_imds"), timeout=150)
    check(found.replace("\n\n", "\n") == "\n".join([WHOLE] * 3) and len(services.requests) >= 6, "a session outlives tokens of 60 seconds",
          (found, services.requests))
    print("# %.0f s, %d requests to the metadata service" % (time.time() - begun, len(services.requests)))


def test_expired():
    given = assume_role(60)
    set_token(given, given["Token"])
    equal(read("r_user_mapping"), WHOLE, "a token of 60 seconds works at first")
    time.sleep(63)
    found = sql(read("r_user_mapping"))
    check("ERROR" in found and WHOLE not in found, "and is refused when they are over", found)
    print("# radosgw says: " + found.split("DETAIL:")[-1].split("\n")[0])


def test_kms():
    for key, query in [("kms", "SELECT i AS id, 'row ' || i AS name FROM generate_series(0, 29999) i"),
                       ("kms-parts", "SELECT i AS id, repeat('x', 600) AS name FROM generate_series(0, 29999) i")]:
        equal("SELECT rows_uploaded FROM gpu_encode.s3_export($$%s$$, 's3://ceph/%s', kms_key => 'testkey')" % (query, key), "30000",
              "an export with a KMS key: " + key)
        head = s3.head_object(Bucket="ceph", Key=key)
        check(head.get("ServerSideEncryption") == "aws:kms" and head.get("SSEKMSKeyId") == "testkey", "is encrypted with it", head)
        equal("TRUNCATE c; SET gpu_encode.s3_part_size = '1MB'; SELECT rows_imported FROM gpu_encode.s3_import('c', 's3://ceph/%s')" % key +
              ";SELECT count(*), count(DISTINCT id), sum(id) FROM c", WHOLE, "and is read back")
    fails("SELECT gpu_encode.s3_export('SELECT 1', 's3://ceph/kms-no', kms_key => 'nokey')", ["3"], "an unknown key is an error")
    check(not [e for e in s3.list_objects_v2(Bucket="ceph", Prefix="kms-no").get("Contents", [])], "and leaves nothing")


def test_conditional():
    """An object that somebody else makes while the query runs."""
    for key, size in [("race", 1), ("race-parts", 600)]:
        process = subprocess.Popen(["psql", "-X", "-At", "-q", "-v", "VERBOSITY=verbose", "-c",
                                    "SELECT gpu_encode.s3_export('SELECT i, repeat(''x'', %d), CASE WHEN i = 30000 THEN pg_sleep(2) END::text"
                                    " FROM generate_series(1, 30000) i', 's3://ceph/%s')" % (size, key)],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        time.sleep(1)
        s3.put_object(Bucket="ceph", Key=key, Body=b"theirs")
        found = tap.wait_for_end(process, "an export of rows that sleep")
        tap.outputs.append(found)
        body = s3.get_object(Bucket="ceph", Key=key)["Body"].read()
        uploads = s3.list_multipart_uploads(Bucket="ceph").get("Uploads", [])
        check("58P02" in found and body == b"theirs" and not uploads, "an object that came meanwhile stays: " + key, (found, len(body), uploads))


tap.run([test_setup, test_tokens, test_kms, test_conditional, test_instance, test_expired])
with open(os.environ["GE_SERVER_LOG"], errors="replace") as file:
    LOG = file.read()
check(not any(secret in text for secret in issued for text in [LOG] + tap.outputs) and len(issued) > 5, "no secret in the log or any message")
tap.finish()

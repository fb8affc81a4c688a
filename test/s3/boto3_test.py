"""boto3, a client that nobody here wrote, reads what was written and writes what is read; and finds the credentials that we find.

Arguments: port, access key, secret, file with the secret, directory that the server can read.  Runs with the Python of get-boto3.
"""
import gzip
import io
import os
import secrets
import subprocess
import sys

import boto3
from botocore.config import Config

import tap
from client import Client
from metadata_server import MetadataServer
from tap import check, equal, sql

PORT, KEY, SECRET, SECRET_FILE, DIRECTORY = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5]
ROWS = "".join("%d,row %d\n" % (i, i) for i in range(300000))
ODD = ["a b+c=d&e.csv", "é~x!(1).csv", "q?x#y%41.csv", "a@b:c,d;e$f.csv"]
Client(PORT, KEY, SECRET).make_bucket("boto")
other = boto3.client("s3", endpoint_url="http://127.0.0.1:%d" % PORT, aws_access_key_id=KEY, aws_secret_access_key=SECRET,
                     region_name="us-east-1", config=Config(s3={"addressing_style": "path"}, proxies={}, retries={"max_attempts": 3},
                                                            request_checksum_calculation="when_required",
                                                            response_checksum_validation="when_required"))


def body(key):
    return other.get_object(Bucket="boto", Key=key)["Body"].read()


def test_setup():
    check(sql("CREATE EXTENSION IF NOT EXISTS gpu_encode; CREATE TABLE boto (id int, name text);"
              "CREATE SERVER boto FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'http://127.0.0.1:%d', region 'us-east-1', scope 's3://boto');"
              "SELECT gpu_encode.s3_set_credentials('boto', '%s', pg_catalog.btrim(pg_read_file('%s'), E'\\n'));"
              "INSERT INTO boto SELECT i, 'row ' || i FROM generate_series(0, 299999) i" % (PORT, KEY, SECRET_FILE)) == "",
          "boto3 %s looks on" % boto3.__version__)


def test_reads():
    export = "SELECT files_uploaded FROM gpu_encode.s3_export('TABLE boto', 's3://boto/%s', '(format csv)'%s)"
    equal(export % ("out.csv", ""), "1", "a small object is written")
    check(body("out.csv").decode() == ROWS, "boto3 reads its bytes")
    sql("SET gpu_encode.s3_part_size = '8MB'; SELECT gpu_encode.s3_export('SELECT id, name || repeat(''x'', 60) FROM boto', 's3://boto/big.csv', '(format csv)')")
    head = other.head_object(Bucket="boto", Key="big.csv")
    check(head["ContentLength"] > 20000000 and head["ETag"].endswith('-3"') and head["ContentType"] == "text/csv", "an object of several parts",
          head)
    file = io.BytesIO()
    other.download_fileobj("boto", "big.csv", file)
    check(file.getvalue().decode().replace("x" * 60, "") == ROWS, "boto3 reads it by ranges")
    equal(export % ("out.csv.gz", ""), "1", "a compressed object")
    check(gzip.decompress(body("out.csv.gz")).decode() == ROWS, "boto3 reads it")
    equal(export % ("cut.csv", ", max_file_size => ''2MB''".replace("''", "'")), "3", "several objects")
    keys = [entry["Key"] for entry in other.list_objects_v2(Bucket="boto", Prefix="cut")["Contents"]]
    check(keys == ["cut.csv", "cut.csv_part2", "cut.csv_part3"] and b"".join(map(body, keys)).decode() == ROWS, "boto3 lists and reads them", keys)
    for key in ODD:
        sql("SELECT gpu_encode.s3_export('SELECT 7', 's3://boto/odd/%s', '(format csv)')" % key)
    found = [entry["Key"] for entry in other.list_objects_v2(Bucket="boto", Prefix="odd/")["Contents"]]
    check(sorted(found) == sorted("odd/" + key for key in ODD) and all(body(key) == b"7\n" for key in found), "odd keys are the same to both", found)


def test_writes():
    load = "TRUNCATE boto; SELECT rows_imported FROM gpu_encode.s3_import('boto', 's3://boto/%s', options => '(format csv)');"
    total = "SELECT count(*), count(DISTINCT id), sum(id) FROM boto"
    whole = "300000\n300000|300000|44999850000"
    other.put_object(Bucket="boto", Key="in/a.csv", Body=ROWS.encode())
    equal(load % "in/a.csv" + total, whole, "what boto3 puts is read")
    other.upload_fileobj(io.BytesIO((ROWS * 3).encode()), "boto", "in/b.csv")
    check(other.head_object(Bucket="boto", Key="in/b.csv")["ETag"].endswith('-2"'), "boto3 uploads in parts")
    equal(load % "in/b.csv" + total, "900000\n900000|300000|134999550000", "which are read")
    other.put_object(Bucket="boto", Key="in/c.csv", Body=gzip.compress(ROWS.encode()), ContentEncoding="gzip")
    equal(load % "in/c.csv" + total, whole, "what boto3 marks as gzip is read")
    for key in ODD:
        other.put_object(Bucket="boto", Key="in/odd/" + key, Body=b"1,x\n")
    equal(load % "in/odd/", "4", "odd keys of boto3 are read")


def found_by_boto3(environment):
    """The kind of credentials that boto3's own chain finds."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    result = subprocess.run([sys.executable, "-c", "import boto3; print(boto3.Session().get_credentials().access_key.rstrip('0123456789'))"],
                            env={**kept, **environment}, capture_output=True, text=True, timeout=60)
    return result.stdout.strip() or result.stderr[-500:]


def test_chain():
    """The services that credentials_test.py uses are such as boto3 takes them for, and come in its order."""
    services = MetadataServer("x" + secrets.token_hex(4))
    for name, text in [("boto-web", services.web_token), ("boto-container", services.container_token),
                       ("boto-profile", "[default]\naws_access_key_id = PROF\naws_secret_access_key = x\n")]:
        with open(os.path.join(DIRECTORY, name), "w") as file:
            file.write(text)
    path = lambda name: os.path.join(DIRECTORY, name)
    sources = [("ENV", {"AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "x"}),
               ("WEBID", {"AWS_ENDPOINT_URL_STS": services.url, "AWS_WEB_IDENTITY_TOKEN_FILE": path("boto-web"),
                          "AWS_ROLE_ARN": "arn:aws:iam::1:role/r+1", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}),
               ("PROF", {"AWS_SHARED_CREDENTIALS_FILE": path("boto-profile")}),
               ("CONT", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": services.url + "/container",
                         "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path("boto-container")}),
               ("IMDS", {"AWS_EC2_METADATA_SERVICE_ENDPOINT": services.url + "/"})]
    for i, (kind, _) in enumerate(sources):
        services.reset()
        environment = {"HOME": DIRECTORY, "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"}
        for _, variables in sources[i:]:
            environment.update(variables)
        found = found_by_boto3(environment)
        check(found == kind, "boto3's chain: %s comes before %s" % (kind, ", ".join(name for name, _ in sources[i + 1:]) or "nothing"), found)


tap.run([test_setup, test_reads, test_writes, test_chain])
tap.finish()

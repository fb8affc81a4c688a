"""Metadata services at their own addresses.  For a network namespace that has these on its loopback interface.

The server is started with AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/relative and no other variable of AWS.
"""
import secrets

import tap
from checking_front import CheckingFront
from metadata_server import MetadataServer
from tap import check, fails, sql

MARK = "m4rk" + secrets.token_hex(8)
instance, container = MetadataServer(MARK, "169.254.169.254", 80), MetadataServer(MARK, "169.254.170.2", 80)
front = CheckingFront({}, objects={"/b/a.csv": b"1\n2\n"})
sql("CREATE EXTENSION gpu_encode; CREATE TABLE c (id int);" +
    "".join("CREATE SERVER c_%s FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'http://127.0.0.1:%d', credential_source '%s',"
            " scope 's3://none/%s');" % (source, front.port, source, source) for source in ["imds", "container", "chain"]))
for source, service, kind in [("imds", instance, "IMDS"), ("container", container, "CONT"), ("chain", container, "CONT")]:
    front.known = service.issued
    front.keys.clear()
    found = sql("SELECT rows_imported FROM gpu_encode.s3_import('c', 's3://b/a.csv', server => 'c_%s', options => '(format csv)')" % source)
    check(found == "2" and front.keys and front.keys[-1].startswith(kind), source + " is asked at its own address", (found, front.keys))
instance.server.shutdown()
instance.server.server_close()
fails("SELECT gpu_encode.s3_list('s3://b/a.csv', 'c_imds')", ["28000", "gave no answer"], "nobody is there")
check(not any(MARK in output for output in tap.outputs), "no secret in any message")
tap.finish()

"""The sources of credentials, against services of our own and Swift behind a front that checks session tokens.

Arguments: port, secret, directory that the server can read.  The server is restarted with the environments that are tested.
"""
import json
import os
import secrets
import sys
import time

import tap
from checking_front import CheckingFront
from client import Client
from metadata_server import MetadataServer
from odd_server import OddServer
from restart import restart as restart_server
from tap import check, equal, fails, sql

PORT, SECRET, DIRECTORY = int(sys.argv[1]), sys.argv[2], sys.argv[3]
MARK = "m4rk" + secrets.token_hex(8)
HOME = os.path.join(DIRECTORY, "home")
ROWS = "id,name\n" + "".join("%d,row %d\n" % (i, i) for i in range(30000))
SOURCES = ["environment", "web_identity", "profile", "container", "imds", "chain"]
WHOLE = "30000|30000|449985000"

services = MetadataServer(MARK)
client = Client(PORT, "test:tester", SECRET)
front = CheckingFront(services.issued, client)


def write(name, text, mode=0o644):
    path = os.path.join(HOME, name)
    if os.path.exists(path):  # maybe one that may not be written
        os.remove(path)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def restart(**environment):
    restart_server(HOME, **environment)
    services.reset()


IMDS = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": services.url + "/"}
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": services.url + "/container",
             "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": os.path.join(HOME, "container-token")}
WEB_IDENTITY = {"AWS_ENDPOINT_URL_STS": services.url, "AWS_WEB_IDENTITY_TOKEN_FILE": os.path.join(HOME, "web-token"),
                "AWS_ROLE_ARN": "arn:aws:iam::1:role/r+1"}


def read(source, more=""):
    """Import through a source, in a session of its own; a statement that gives WHOLE where that worked."""
    return ("TRUNCATE c; SET gpu_encode.s3_part_size = '64kB'; %s SELECT FROM gpu_encode.s3_import('c', 's3://cred/a.csv', server => 'c_%s');"
            "SELECT count(*), count(DISTINCT id), sum(id) FROM c" % (more, source))


def works(source, kind, name):
    """The source works, and is of a kind."""
    front.keys.clear()
    found = sql(read(source))
    check(found.split() == [WHOLE] and front.keys and all(key.startswith(kind) for key in front.keys), name, (found, front.keys[:3]))


def test_setup():
    os.mkdir(HOME)
    os.chmod(HOME, 0o777)
    write("container-token", services.container_token + "\n")
    write("web-token", services.web_token + "\n")
    client.make_bucket("cred")
    client.put("cred", "a.csv", ROWS.encode())
    text = "CREATE EXTENSION IF NOT EXISTS gpu_encode; CREATE TABLE c (id int, name text);"
    for source in SOURCES:
        text += ("CREATE SERVER c_%s FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'http://127.0.0.1:%d', credential_source '%s',"
                 " scope 's3://none/%s');" % (source, front.port, source, source))
    check(sql(text) == "", "servers for each source are created")
    fails("CREATE SERVER x FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (credential_source 'aws')", ["HV024", "web_identity", "chain"],
          "another source is refused, and the hint has them all")


def test_user_mapping():
    """Session tokens that users bring."""
    sql("CREATE SERVER c_token FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'http://127.0.0.1:%d', scope 's3://none/token')" % front.port)

    def use(key, token):
        given = services.issued[key]
        write("secret", given["secret"])
        write("token", token)
        return sql("SELECT gpu_encode.s3_set_credentials('c_token', '%s', pg_read_file('%s/secret'), nullif(pg_read_file('%s/token'), ''));"
                   % (key, HOME, HOME) + read("token"))
    key = services.issue("USER")["AccessKeyId"]
    found = use(key, services.issued[key]["token"])
    check(WHOLE in found, "a session token of a user mapping is sent and signed", found)
    found = use(key, "To%sother" % MARK)
    check("InvalidToken" in found and "42501" not in found and WHOLE not in found, "a wrong one is refused", found)
    check("InvalidToken" in use(key, ""), "so is none")
    services.uses = 3
    key = services.issue("USER")["AccessKeyId"]
    front.keys.clear()
    found = use(key, services.issued[key]["token"])
    check("ExpiredToken" in found and "ERROR" in found, "one that expires meanwhile is an error", found)


def test_nothing():
    restart(AWS_EC2_METADATA_DISABLED="true")
    for source, reason in [("environment", "AWS_ACCESS_KEY_ID is not set"), ("web_identity", "AWS_WEB_IDENTITY_TOKEN_FILE is not set"),
                           ("profile", 'there is no profile "default" in "%s/.aws/credentials"' % HOME),
                           ("container", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"), ("imds", "AWS_EC2_METADATA_DISABLED")]:
        fails(read(source), ["28000", "no S3 credentials in its " + source, reason], source + " says what is not there")
    found = sql(read("chain"))
    check("28000" in found and all(source + ": " in found for source in SOURCES[:5]), "chain says it of each source", found)
    check(services.requests == [], "nobody was asked", services.requests)
    sql("CREATE ROLE c_owner; GRANT USAGE ON FOREIGN DATA WRAPPER gpu_encode_s3 TO c_owner;" +
        "".join("ALTER SERVER c_%s OWNER TO c_owner;" % source for source in SOURCES))
    for source in SOURCES:
        fails(read(source, "SET gpu_encode.s3_allowed_endpoints = '127.0.0.1';"), ["42501", "may not use the credentials"],
              source + " is for servers of superusers")
    sql("".join("ALTER SERVER c_%s OWNER TO postgres;" % source for source in SOURCES))


def test_precedence():
    given = services.issue("ENV")
    write("aws-credentials", "[default]\naws_access_key_id = PROF1\naws_secret_access_key = Sk%sp\naws_session_token = To%sp\n" % (MARK, MARK))
    services.issued["PROF1"] = {"secret": "Sk%sp" % MARK, "token": "To%sp" % MARK, "uses": None, "code": ""}
    profile = {"AWS_SHARED_CREDENTIALS_FILE": os.path.join(HOME, "aws-credentials")}
    restart(AWS_ACCESS_KEY_ID=given["AccessKeyId"], AWS_SECRET_ACCESS_KEY=given["SecretAccessKey"], AWS_SESSION_TOKEN=given["Token"],
            **profile, **IMDS, **CONTAINER, **WEB_IDENTITY)
    for source, kind in [("environment", "ENV"), ("web_identity", "WEBID"), ("profile", "PROF"), ("container", "CONT"), ("imds", "IMDS")]:
        works(source, kind, source + " works")
    works("chain", "ENV", "chain: the environment comes first")
    restart(**profile, **IMDS, **CONTAINER, **WEB_IDENTITY)
    works("chain", "WEBID", "then a web identity")
    os.rename(os.path.join(HOME, "web-token"), os.path.join(HOME, "web-token.away"))
    fails(read("chain"), ["28000", "web_identity: ", "web-token", "No such file"], "which is an error where it is broken, not passed over")
    os.rename(os.path.join(HOME, "web-token.away"), os.path.join(HOME, "web-token"))
    restart(**profile, **IMDS, **CONTAINER)
    works("chain", "PROF", "then the profile")
    os.remove(os.path.join(HOME, "aws-credentials"))
    works("chain", "CONT", "then the container")
    restart(**IMDS)
    works("chain", "IMDS", "then the instance's metadata")
    check(services.requests == ["PUT /latest/api/token"] + ["GET /latest/meta-data/iam/security-credentials/" + end for end in ["", "job%2Brole%40x"]],
          "which are asked by version 2 alone", services.requests)


def test_profile():
    restart(AWS_PROFILE="work")
    os.mkdir(os.path.join(HOME, ".aws"))
    keys = "aws_access_key_id=PROF2\nAWS_Secret_Access_Key = Sk%s2 # comment\n" % MARK
    services.issued["PROF2"] = services.issued["PROF3"] = {"secret": "Sk%s2" % MARK, "token": None, "uses": None, "code": ""}
    fails(read("profile"), ["28000", 'there is no profile "work"'], "a named profile that is not there")
    fails(read("chain"), ["28000", "profile: there is no profile"], "which chain does not pass over")
    write(".aws/config", "[default]\naws_access_key_id = NO\n[profile work]\nregion = x\ns3 =\n  aws_access_key_id = NESTED\n" +
          keys.replace("PROF2", "PROF3") + "[work]\naws_access_key_id=NO\n")
    works("profile", "PROF3", "keys of the config file")
    write(".aws/credentials", "# x\n[default]\naws_access_key_id=NO\n[ work ]\n; x\n" + keys + "[other]\naws_access_key_id=NO\n")
    works("profile", "PROF2", "those of the credentials file come before")
    for setting in ["role_arn", "source_profile", "credential_source", "credential_process", "sso_session", "sso_account_id",
                    "web_identity_token_file"]:
        write(".aws/config", "[profile work]\n%s = x\n" % setting)
        fails(read("profile"), ["28000", setting, "not supported"], setting + " is refused by its name")
    fails(read("chain"), ["28000", "web_identity_token_file"], "by chain, too")
    os.remove(os.path.join(HOME, ".aws/config"))
    write(".aws/credentials", "[work]\naws_access_key_id = PROF2\n")
    fails(read("profile"), ["28000", "no secret access key"], "an id without a secret")
    write(".aws/credentials", "[work]\naws_access_key_id = PROF2\naws_secret_access_key = Sk%s\u00e9\n" % MARK)
    fails(read("profile"), ["28000", "not printable ASCII"], "a secret that no header can have")
    write(".aws/credentials", "[work]\n" + keys, 0)
    fails(read("profile"), ["28000", "Permission denied"], "a file that cannot be read")
    write(".aws/credentials", "[work]\naws_access_key_id = PROF2\naws_secret_access_key = wrong\n")
    fails(read("profile"), ["42501", "SignatureDoesNotMatch"], "wrong keys are the endpoint's error")


def test_wrong_answers():
    restart(**IMDS, **CONTAINER, **WEB_IDENTITY)
    for mode, parts in [("html", []), ("404", []), ("403", []), ("500", ["status 500"]), ("truncated", []), ("huge", []), ("301", ["status 301"])]:
        for source in ["web_identity", "container", "imds"]:
            services.reset(mode=mode)
            fails(read(source), ["28000"] + parts, "%s: an answer that is %s" % (source, mode))
            check(len(services.requests) <= 3, "which is asked for little", services.requests)
    for mode, source, part in [("huge", "container", "more than 16384 bytes"), ("html", "container", "not a JSON object"),
                               ("html", "web_identity", "without credentials"), ("html", "imds", "gave no token"),
                               ("truncated", "container", "not a JSON object"), ("failed", "imds", "no credentials for the role"),
                               ("no role", "imds", "the instance has no role")]:
        services.reset(mode=mode)
        fails(read(source), ["28000", part], "%s: %s is told" % (source, mode))
    for source in ["web_identity", "container", "imds"]:
        services.reset(mode="echo")
        found = sql(read(source))
        check("28000" in found and MARK not in found, source + ": what a service sends back is not shown", found)
        services.reset(mode="once 500")
        works(source, "", source + ": a passing fault is tried again")
    token = services.web_token
    services.web_token = "another"
    services.reset()
    fails(read("web_identity"), ["28000", "status 400 InvalidIdentityToken"], "STS's code is told")
    services.web_token = token
    services.container_token, token = "another", services.container_token
    fails(read("container"), ["28000", "status 401"], "a wrong authorization token")
    services.container_token = token
    for source in ["web_identity", "container", "imds"]:
        services.reset(mode="stall")
        begun = time.time()
        fails("SET statement_timeout = 300;" + read(source).replace("TRUNCATE c;", ""), ["57014"], source + " can be canceled")
        check(time.time() - begun < 0.8, "within 200 ms", time.time() - begun)
    services.reset(lifetime=-100)
    works("container", "CONT", "credentials that seem to have expired are tried")


def test_addresses():
    restart(AWS_EC2_METADATA_SERVICE_ENDPOINT="http://192.0.2.1", AWS_CONTAINER_CREDENTIALS_FULL_URI="http://10.1.2.3/x",
            **{**WEB_IDENTITY, "AWS_ENDPOINT_URL_STS": "http://169.254.169.254"})
    for source in ["web_identity", "container", "imds"]:
        fails(read(source), ["28000", "address", "may not go to"], source + " goes to no other address")
    restart(AWS_EC2_METADATA_SERVICE_ENDPOINT="http://127.0.0.1:1", AWS_CONTAINER_CREDENTIALS_FULL_URI="http://169.254.169.254/x",
            **{**WEB_IDENTITY, "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1"})
    fails(read("container"), ["28000", "may not go to"], "nor to another service's")
    for source in ["web_identity", "imds"]:
        begun = time.time()
        fails(read(source), ["28000", "gave no answer"], source + " is not reached")
        check(time.time() - begun < 2, "which shows soon", time.time() - begun)
    restart(AWS_EC2_METADATA_SERVICE_ENDPOINT="http://127.0.0.1:1")
    found = sql(read("chain"))
    check("28000" in found and "imds: the instance metadata service gave no answer" in found and "profile: " in found,
          "chain ends with all the reasons", found)


def test_cache():
    restart(**IMDS, **CONTAINER, **WEB_IDENTITY)
    twice = lambda source, between="": sql(read(source) + ";" + between + read(source))
    for source, requests in [("imds", 3), ("container", 1), ("web_identity", 1)]:
        services.reset()
        check(twice(source).split() == [WHOLE] * 2 and len(services.requests) == requests, source + " is asked once in a session",
              services.requests)
        sql(read(source))
        check(len(services.requests) == 2 * requests, "and again in another", services.requests)
    services.reset(lifetime=360)
    check(twice("container").split() == [WHOLE] * 2 and len(services.requests) == 1, "five minutes are left", services.requests)
    services.reset(lifetime=302)
    found = twice("container", "SELECT pg_sleep(2.5);")
    # a busy machine may take so long that they are renewed once more
    check(found.split() == [WHOLE] * 2 and len(services.requests) >= 2, "credentials are renewed five minutes before they expire",
          services.requests)
    services.reset(lifetime=6)
    found = twice("container", "SELECT pg_sleep(3.5);")
    check(found.split() == [WHOLE] * 2 and len(services.requests) >= 2, "after half of the time where they live shorter", services.requests)
    services.reset()
    sql("CREATE ROLE c_reader; GRANT gpu_encode_s3_read TO c_reader; GRANT ALL ON c TO c_reader;"
        "GRANT USAGE ON FOREIGN SERVER c_container TO c_reader")
    found = sql(read("container") + "; SET ROLE c_reader;" + read("container"))
    check(found.split() == [WHOLE] * 2 and len(services.requests) == 2, "they are kept for each user", (found, services.requests))
    services.reset()
    found = sql(read("container") + "; ALTER SERVER c_container OPTIONS (SET credential_source 'imds');" + read("container") +
                "; ALTER SERVER c_container OPTIONS (SET credential_source 'container')")
    check(found.split() == [WHOLE] * 2 and len(services.requests) == 4, "and for each source", (found, services.requests))


def test_expiry():
    """Credentials that the endpoint does not take any more, in the middle."""
    for code in ["ExpiredToken", "ExpiredTokenException", "InvalidToken"]:
        for uses in [0, 1, 3]:
            services.reset(uses=uses, code=code, after={"uses": None})
            front.keys.clear()
            found = sql(read("imds"))
            check(found.split() == [WHOLE] and len(services.requests) == 6 and len(set(front.keys)) == 2,
                  "%s after %d requests: new ones are used" % (code, uses), (found, services.requests, front.keys))
    services.reset(uses=3)
    found = sql(read("container", "SET gpu_encode.s3_requests = 2;"))
    check(found.split() == [WHOLE] and len(services.requests) >= 3, "once for each request", (found, len(services.requests)))
    services.reset(uses=0)
    fails(read("container"), ["ExpiredToken"], "credentials that are never taken are an error")
    check(len(services.requests) == 2, "after one renewal", services.requests)
    services.reset(uses=0, renews=False)
    fails(read("container"), ["ExpiredToken", "no newer credentials"], "so are the same ones again")
    check(len(services.requests) == 2, "also after one", services.requests)


def test_expiry_of_uploads():
    query = "SELECT i AS id, repeat(md5(i::text), 30) AS name FROM generate_series(1, 40000) i"
    options = "server => 'c_imds', overwrite => true, max_file_size => '20MB'"
    export = "SET gpu_encode.s3_part_size = '8MB'; SELECT rows_uploaded, files_uploaded FROM gpu_encode.s3_export('%s', 's3://cred/out.csv', %s);" % (query, options)
    sql("COPY (%s) TO '%s/expected' (FORMAT csv)" % (query, HOME))
    with open(HOME + "/expected") as file:
        expected = file.read()
    for uses in [0, 2, 5, 9]:
        services.reset(uses=uses, after={"uses": None})
        front.parts.clear()
        found = sql(export)
        lines = [(client.get("cred", "out.csv" + part) or b"").decode().replace("id,name\n", "") for part in ["", "_part2"]]
        check(found == "40000|2" and "".join(lines) == expected and not client.uploads("cred") and len(services.requests) == 6,
              "an upload whose token expires after %d requests is whole" % uses, (found, services.requests, len("".join(lines))))
    # parts are sent at the same time, so the last may come first
    check(len(front.parts) > 4 and front.parts.count(max(front.parts)) == len(front.parts) - 2, "parts are equal but the last of an object",
          front.parts)
    services.reset(uses=3, after={"mode": "403"})
    found = sql(export)
    check("ERROR" in found and "no newer credentials" in found and "status 403" in found, "where new ones cannot be had, the reason is told", found)
    for upload in client.uploads("cred"):  # nobody could take them back
        for key in ["out.csv", "out.csv_part2"]:
            client.request("DELETE", "cred", key, query={"uploadId": upload.decode()})
    services.reset(uses=3, after={"mode": "stall"})
    begun = time.time()
    found = sql("SET statement_timeout = 500;" + read("container").replace("TRUNCATE c;", ""))
    check("57014" in found and len(services.requests) == 2 and time.time() - begun < 1, "a renewal in the middle can be canceled", (found, time.time() - begun))


def test_surroundings():
    """What else of the environment leads programs elsewhere, and gives them a name: proxies, and a netrc."""
    proxy, endpoint = OddServer(), OddServer()
    write(".netrc", "machine 127.0.0.1 login someone password else\ndefault login someone password else\n")
    sql("CREATE SERVER unsigned FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'http://127.0.0.1:%d', scope 's3://none/unsigned')" % endpoint.port)
    restart(NETRC=os.path.join(HOME, ".netrc"), no_proxy="", **{name: "http://127.0.0.1:%d" % proxy.port
                                                               for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]})
    endpoint.reset(**{"a.csv": b"id,name\n1,x\n"})
    equal("TRUNCATE c; SELECT rows_imported FROM gpu_encode.s3_import('c', 's3://none/a.csv', server => 'unsigned')", "1",
          "an import among proxies and names of a netrc")
    check(endpoint.requests and not proxy.requests, "goes to the endpoint itself", proxy.requests)
    check(not any("Authorization" in request.headers for request in endpoint.requests), "and bears no name",
          [str(request.headers) for request in endpoint.requests])
    sql("CREATE TEMP TABLE lines (line text); COPY lines FROM PROGRAM 'curl -s --netrc --max-time 5 http://127.0.0.1:%d/other/b.csv >/dev/null; true'" % endpoint.port)
    check([request.headers.get("Authorization", "")[:6] for request in proxy.requests] == ["Basic "], "as curl does neither",
          [str(request.headers) for request in proxy.requests])
    restart()


def test_secrets():
    with open(os.environ["GE_SERVER_LOG"], errors="replace") as file:
        log = file.read()
    seen = sql("SELECT * FROM pg_stat_activity; SELECT * FROM pg_settings; SELECT * FROM pg_foreign_server")
    check(MARK not in log and "c_container" in log, "no secret in the server's log")
    check(MARK not in seen, "none in pg_stat_activity, pg_settings, pg_foreign_server")
    check(not any(MARK in output for output in tap.outputs), "none in any message")
    check(all(MARK in json.dumps(known) for known in services.issued.values()) and len(services.issued) > 50, "though all of them were used",
          len(services.issued))


tap.run([test_setup, test_user_mapping, test_nothing, test_precedence, test_profile, test_wrong_answers, test_addresses, test_cache,
         test_expiry, test_expiry_of_uploads, test_surroundings, test_secrets])
tap.finish()

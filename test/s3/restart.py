"""The server of PGHOST again, with other variables of the environment."""
import os
import subprocess

DATA = os.path.join(os.environ["PGHOST"], "data")


def restart(home, **environment):
    """With this home and environment, and no other variable of AWS."""
    owner = os.stat(DATA)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    become = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.getuid() == 0 else {}
    subprocess.run(["pg_ctl", "-D", DATA, "-l", os.environ["GE_SERVER_LOG"], "-w", "-s", "-m", "fast", "restart"], check=True, cwd="/",
                   env={**kept, "HOME": home, **environment}, stdin=subprocess.DEVNULL, timeout=120, **become)

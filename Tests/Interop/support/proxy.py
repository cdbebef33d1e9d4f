"""A proxy that passes connections on to wherever CONNECT says."""
import contextlib

from children import Child, configured

TINYPROXY = """
Port {plain}
Listen 127.0.0.1
Allow 127.0.0.1
MaxClients 100
LogFile "{folder}/log"
LogLevel Connect
"""


@contextlib.contextmanager
def tinyproxy():
    """Gives its address. Throws in the end when nobody has been passed on."""
    with configured(TINYPROXY) as (file, port, _):
        with Child("tinyproxy", "-d", "-c", str(file)) as child:
            child.wait_for(port)
            yield f"http://127.0.0.1:{port}"
        if "CONNECT " not in (file.parent / "log").read_text():
            raise RuntimeError("nobody has come to the proxy")

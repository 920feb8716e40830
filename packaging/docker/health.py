"""Whether the container is of use: ends well while the proxy answers and does not refuse for want of detection.

A store of sessions that is gone is not its fault, and another container would not have it either: with `--ready` it
ends badly then as well, for those who share out requests.
"""

import json
import os
import sys
from urllib.request import ProxyHandler, build_opener

url = f"http://127.0.0.1:{os.environ.get('ANONAMOOSE_PORT', '3000')}/health"
try:
    with build_opener(ProxyHandler({})).open(url, timeout=4) as answer:
        health = json.load(answer)
        protection, vault = health["protection"], health["vault"]
except (OSError, ValueError, KeyError) as error:
    sys.exit(f"no answer: {type(error).__name__}")
if "--ready" in sys.argv[1:] and protection not in ("on", "off"):
    sys.exit(f"not ready: {protection}")
if protection == "broken" and vault == "ok":
    sys.exit("detection cannot run")

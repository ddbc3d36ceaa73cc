"""Prints the operations that moto lacks: JSON of services and operations in, JSON out."""

import importlib
import json
import sys

from moto.core.responses import BaseResponse

lacking = {}
for service, operations in json.load(sys.stdin).items():
    module = importlib.import_module(f"moto.{service}.responses")
    known = {
        name.lower().replace("_", "")
        for cls in vars(module).values()
        if isinstance(cls, type) and issubclass(cls, BaseResponse) and cls is not BaseResponse
        for name in dir(cls)
    }
    lacking[service] = [one for one in operations if one.lower() not in known]
print(json.dumps(lacking))

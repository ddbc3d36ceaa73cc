"""moto 5.2 does not know these calls and answers HTTP 500, and a first plan lists every kind: here it answers that there is none."""

from moto.elasticache.responses import ElastiCacheResponse


def answer(call, things):
    return f"""<{call}Response xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/">
  <{call}Result><{things}/></{call}Result>
  <ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata>
</{call}Response>"""


for name, call, things in (
    ("describe_cache_parameter_groups", "DescribeCacheParameterGroups", "CacheParameterGroups"),
    ("describe_serverless_caches", "DescribeServerlessCaches", "ServerlessCaches"),
):
    if not hasattr(ElastiCacheResponse, name):
        setattr(ElastiCacheResponse, name, lambda self, text=answer(call, things): text)

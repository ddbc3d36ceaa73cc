"""moto 5.2 does not know this call and answers HTTP 500, and a first plan lists every kind: here it answers that there is none."""

from moto.elasticache.responses import ElastiCacheResponse

ANSWER = """<DescribeCacheParameterGroupsResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/">
  <DescribeCacheParameterGroupsResult><CacheParameterGroups/></DescribeCacheParameterGroupsResult>
  <ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata>
</DescribeCacheParameterGroupsResponse>"""

if not hasattr(ElastiCacheResponse, "describe_cache_parameter_groups"):
    ElastiCacheResponse.describe_cache_parameter_groups = lambda self: ANSWER

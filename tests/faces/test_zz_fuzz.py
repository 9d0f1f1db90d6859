import json, asyncio, random
from hypothesis import given, settings, HealthCheck, strategies as st
from hypothesis_graphql import queries, mutations
from service.api.graphql.schema import schema
from service.api.graphql.executing import CORE
from collections import Counter
import graphql
SDL=schema.as_str()
S=st.none()|st.booleans()|st.integers()|st.floats(allow_nan=False,allow_infinity=False)|st.text()
def node(x):
    from hypothesis_graphql import nodes
    return x
from hypothesis_graphql import nodes
SC={"JSON": st.text().map(nodes.String), "UUID": st.uuids().map(str).map(nodes.String), "DateTime": st.text().map(nodes.String), "Date": st.dates().map(str).map(nodes.String), "Decimal": st.integers().map(nodes.Int)}
async def test_fuzz(client):
    seen=Counter(); bad=[]
    import warnings; warnings.simplefilter("ignore")
    docs=[]
    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(queries(SDL, custom_scalars=SC)|mutations(SDL, custom_scalars=SC))
    def collect(q): docs.append(q)
    collect()
    for q in docs:
        r=await client.post("/graphql", json={"query":q})
        j=r.json()
        codes=[e["extensions"]["code"] for e in j.get("errors",[])] or ["ok"]
        seen.update([(r.status_code,c) for c in codes])
        if r.status_code>=500 or "INTERNAL" in codes: bad.append((q,j))
    print(len(docs), seen)
    for q,j in bad[:5]: print(q[:1500], json.dumps(j)[:600])
    from collections import Counter as C
    assert not bad

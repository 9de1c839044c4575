# Attention over whole texts, without a cache: causal, so that padding on the right changes nothing before it.

def attend(q: Tensor, k: Tensor, v: Tensor, batch: int, mask: Optional[Tensor]) -> Tensor:  # [batch * time, heads, dim] -> [batch * time, heads * dim]
  dim = q.size(2)
  a = q.view([batch, -1, q.size(1), dim]).transpose(1, 2)
  b = k.view([batch, -1, k.size(1), dim]).transpose(1, 2)
  c = v.reshape([batch, -1, v.size(1), dim]).transpose(1, 2)
  o = torch.scaled_dot_product_attention(a, b, c, mask, 0., mask is None, scale=None, enable_gqa=True)
  return o.transpose(1, 2).reshape([q.size(0), -1])

def states(ids: Tensor, w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor, every: bool) -> List[Tensor]:
  # [batch, time] -> the final states [batch, time, hidden]; before them, if every, the embeddings and what all layers but the last give
  batch, time = ids.size(0), ids.size(1)
  position = torch.arange(time, dtype=4, layout=None, device=ids.device, pin_memory=None).repeat([batch])
  mask = __torch__.causal_mask(time, 0, n[4], ids)
  x = __torch__.embed(ids.reshape([-1]), position, w, n)
  c = cos.narrow(0, 0, time).repeat([batch, 1]).unsqueeze(1)
  s = sin.narrow(0, 0, time).repeat([batch, 1]).unsqueeze(1)
  kept = annotate(List[Tensor], [])
  for l in range(n[0]):
    if every:
      kept.append(x.view([batch, time, -1]).float())
    q, k, v = __torch__.project(x, l, w, n, eps, c, s)
    x = __torch__.finish(x, __torch__.attend(q, k, v, batch, mask), l, w, n, eps)
  h = __torch__.final(x, w, n, eps).view([batch, time, -1])
  kept.append(h.float() if every else h)
  return kept

def read(ids: Tensor, w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tensor:  # [batch, time] -> [batch, time, hidden]
  return __torch__.states(ids, w, n, eps, cos, sin, False)[0]

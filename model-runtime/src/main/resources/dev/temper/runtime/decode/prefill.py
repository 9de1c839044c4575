# Reading prompts, a part of each at a time, into their slots of the cache.

def attend_chunk(q: Tensor, k: Tensor, v: Tensor, start: int, mask: Optional[Tensor], keys: Tensor, values: Tensor) -> Tensor:
  # one prompt's rows [time, heads, dim] at positions start..; keys, values [kv, context, dim] are its slot; mask: causal_mask
  time = q.size(0)
  keys.narrow(1, start, time).copy_(k.transpose(0, 1))
  values.narrow(1, start, time).copy_(v.transpose(0, 1))
  b = keys.narrow(1, 0, start + time).unsqueeze(0)
  c = values.narrow(1, 0, start + time).unsqueeze(0)
  o = torch.scaled_dot_product_attention(q.transpose(0, 1).unsqueeze(0), b, c, mask, 0., mask is None, scale=None, enable_gqa=True)
  return o.squeeze(0).transpose(0, 1).reshape([time, -1])

def read_chunks(ids: Tensor, position: Tensor, slots: List[int], starts: List[int], counts: List[int], state: List[Tensor], w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tensor:
  # ids, position [R]: counts[i] tokens of the prompt in slots[i], of which starts[i] were read before -> states [R, hidden]
  masks = annotate(List[Optional[Tensor]], [])
  for i in range(len(slots)):
    masks.append(__torch__.causal_mask(counts[i], starts[i], n[4], ids))
  x = __torch__.embed(ids, position, w, n)
  c = cos.index_select(0, position).unsqueeze(1)
  s = sin.index_select(0, position).unsqueeze(1)
  for l in range(n[0]):
    q, k, v = __torch__.project(x, l, w, n, eps, c, s)
    o = annotate(List[Tensor], [])
    row = 0
    for i in range(len(slots)):
      t = counts[i]
      o.append(__torch__.attend_chunk(q.narrow(0, row, t), k.narrow(0, row, t), v.narrow(0, row, t), starts[i], masks[i], state[0][l][slots[i]], state[1][l][slots[i]]))
      row = row + t
    x = __torch__.finish(x, torch.cat(o, 0), l, w, n, eps)
  return x

# BERT, RoBERTa and DistilBERT: learned positions, attention in both directions, a layer norm after each sum.
# Weights, 12 a layer: q|k|v, o, attention norm, up, down, output norm, each weight and bias; then word and position
# embeddings, the embeddings' norm, the head's dense layer, the outputs; then, where the family has them, token types.
# n = [layers, heads, position origin, 1 if the head's dense layer is rectified (else tanh)].

def normal(x: Tensor, i: int, w: List[Tensor], eps: float) -> Tensor:
  return torch.layer_norm(x, [x.size(-1)], w[i], w[i + 1], eps)

def positions(ids: Tensor, origin: int) -> Tensor:  # [batch, time] -> [batch, time]
  # Origin -1: 0, 1, 2 ... Otherwise the origin is the padding id: tokens but padding count on from it, padding stays on it.
  counted = torch.to(torch.ne(ids, origin), 4)
  return torch.cumsum(counted, 1) * counted + origin

def visible(ids: Tensor, lengths: Tensor) -> Tensor:  # [batch, 1, 1, time]: what each token of a text may look at
  at = torch.arange(ids.size(1), dtype=4, layout=None, device=ids.device, pin_memory=None)
  return torch.lt(at.unsqueeze(0), lengths.unsqueeze(1)).unsqueeze(1).unsqueeze(1)

def embed(ids: Tensor, types: Tensor, w: List[Tensor], n: List[int], eps: float) -> Tensor:  # -> [batch, time, hidden]
  i = 12 * n[0]
  x = torch.embedding(w[i], ids)
  if len(w) > i + 8:
    x = x + torch.embedding(w[i + 8], types)
  x = x + torch.embedding(w[i + 1], __torch__.positions(ids, n[2]))
  return __torch__.normal(x, i + 2, w, eps)

def layer(x: Tensor, l: int, mask: Tensor, w: List[Tensor], n: List[int], eps: float) -> Tensor:  # [batch, time, hidden]
  i = 12 * l
  y = torch.linear(x, w[i], w[i + 1]).view([x.size(0), x.size(1), 3, n[1], -1]).permute([2, 0, 3, 1, 4])
  o = torch.scaled_dot_product_attention(y[0], y[1], y[2], mask, 0., False, scale=None, enable_gqa=False)
  a = o.transpose(1, 2).reshape(x.size())
  x = __torch__.normal(x + torch.linear(a, w[i + 2], w[i + 3]), i + 4, w, eps)
  h = torch.gelu(torch.linear(x, w[i + 6], w[i + 7]))
  return __torch__.normal(x + torch.linear(h, w[i + 8], w[i + 9]), i + 10, w, eps)

def read(ids: Tensor, types: Tensor, lengths: Tensor, w: List[Tensor], n: List[int], eps: float) -> Tensor:  # -> [batch, time, hidden]
  mask = __torch__.visible(ids, lengths)
  x = __torch__.embed(ids, types, w, n, eps)
  for l in range(n[0]):
    x = __torch__.layer(x, l, mask, w, n, eps)
  return x

def classify(x: Tensor, w: List[Tensor], n: List[int]) -> Tensor:  # [batch, hidden] -> [batch, labels]
  i = 12 * n[0] + 4
  d = torch.linear(x, w[i], w[i + 1])
  if n[3] == 1:
    d = torch.relu(d)
  else:
    d = torch.tanh(d)
  return torch.linear(d, w[i + 2], w[i + 3])

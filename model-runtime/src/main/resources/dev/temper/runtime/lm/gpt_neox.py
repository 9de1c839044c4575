# GPT-NeoX and Pythia: rotary positions in a part of each head, feed-forward beside attention (or after it).
# Weights, 12 a layer, each a weight and its bias: attention norm, q|k|v of each head, o, feed-forward norm, up, down;
# then embedding, final norm and its bias, head.
# n = [layers, heads, heads, head dim, 0, activation, parallel].

def embed(ids: Tensor, position: Tensor, w: List[Tensor], n: List[int]) -> Tensor:  # [N], [N] -> [N, hidden]
  return torch.embedding(w[12 * n[0]], ids)

def project(x: Tensor, l: int, w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor, Tensor]:  # q, k, v [N, heads, dim]
  h = __torch__.norm(x, w[12 * l], w[12 * l + 1], eps)
  q, k, v = __torch__.split_groups(__torch__.linear_biased(h, w, 12 * l + 2), n[1], n[3])
  return (__torch__.rotate(q, cos, sin), __torch__.rotate(k, cos, sin), v)

def finish(x: Tensor, attended: Tensor, l: int, w: List[Tensor], n: List[int], eps: float) -> Tensor:  # [N, hidden]
  after = x + __torch__.linear_biased(attended, w, 12 * l + 4)
  h = __torch__.norm(x if n[6] == 1 else after, w[12 * l + 6], w[12 * l + 7], eps)
  up = __torch__.activate(__torch__.linear_biased(h, w, 12 * l + 8), n[5])
  return after + __torch__.linear_biased(up, w, 12 * l + 10)

def final(x: Tensor, w: List[Tensor], n: List[int], eps: float) -> Tensor:  # what the head reads, [N, hidden]
  return __torch__.norm(x, w[12 * n[0] + 1], w[12 * n[0] + 2], eps)

def head(h: Tensor, w: List[Tensor], n: List[int]) -> Tensor:  # [N, vocabulary], float32
  return __torch__.linear(h, w, 12 * n[0] + 3).float()

# Falcon: rotary positions, feed-forward beside attention, few key-value heads, no biases in linear layers.
# Weights, 8 a layer: attention norm and its bias, feed-forward norm and its bias (the same ones in models with one norm),
# q|k|v of each group, o, up, down; then embedding, final norm and its bias, head.
# n = [layers, heads, key-value heads, head dim, 0, activation].

def embed(ids: Tensor, position: Tensor, w: List[Tensor], n: List[int]) -> Tensor:  # [N], [N] -> [N, hidden]
  return torch.embedding(w[8 * n[0]], ids)

def project(x: Tensor, l: int, w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor, Tensor]:  # q [N, heads, dim]; k, v [N, kv, dim]
  h = __torch__.norm(x, w[8 * l], w[8 * l + 1], eps)
  q, k, v = __torch__.split_groups(__torch__.linear(h, w, 8 * l + 4), n[2], n[3])
  return (__torch__.rotate(q, cos, sin), __torch__.rotate(k, cos, sin), v)

def finish(x: Tensor, attended: Tensor, l: int, w: List[Tensor], n: List[int], eps: float) -> Tensor:  # [N, hidden]
  h = __torch__.norm(x, w[8 * l + 2], w[8 * l + 3], eps)
  up = __torch__.activate(__torch__.linear(h, w, 8 * l + 6), n[5])
  return x + __torch__.linear(attended, w, 8 * l + 5) + __torch__.linear(up, w, 8 * l + 7)

def final(x: Tensor, w: List[Tensor], n: List[int], eps: float) -> Tensor:  # what the head reads, [N, hidden]
  return __torch__.norm(x, w[8 * n[0] + 1], w[8 * n[0] + 2], eps)

def head(h: Tensor, w: List[Tensor], n: List[int]) -> Tensor:  # [N, vocabulary], float32
  return __torch__.linear(h, w, 8 * n[0] + 3).float()

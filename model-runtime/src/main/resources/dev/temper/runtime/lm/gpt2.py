# GPT-2: learned positions, layer norms before attention and feed-forward, weights stored [in, out].
# Weights, 12 a layer, each a weight and its bias: attention norm, q|k|v, o, feed-forward norm, up, down;
# then embedding, positions, final norm and its bias, head.
# n = [layers, heads, heads, head dim, 0, activation].

def embed(ids: Tensor, position: Tensor, w: List[Tensor], n: List[int]) -> Tensor:  # [N], [N] -> [N, hidden]
  return torch.embedding(w[12 * n[0]], ids) + torch.embedding(w[12 * n[0] + 1], position)

def project(x: Tensor, l: int, w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor, Tensor]:  # q, k, v [N, heads, dim]
  h = __torch__.norm(x, w[12 * l], w[12 * l + 1], eps)
  y = __torch__.linear_stored_in_out(h, w, 12 * l + 2).view([-1, 3, n[1], n[3]])
  return (y.select(1, 0), y.select(1, 1), y.select(1, 2))

def finish(x: Tensor, attended: Tensor, l: int, w: List[Tensor], n: List[int], eps: float) -> Tensor:  # [N, hidden]
  x = x + __torch__.linear_stored_in_out(attended, w, 12 * l + 4)
  h = __torch__.norm(x, w[12 * l + 6], w[12 * l + 7], eps)
  up = __torch__.activate(__torch__.linear_stored_in_out(h, w, 12 * l + 8), n[5])
  return x + __torch__.linear_stored_in_out(up, w, 12 * l + 10)

def final(x: Tensor, w: List[Tensor], n: List[int], eps: float) -> Tensor:  # what the head reads, [N, hidden]
  return __torch__.norm(x, w[12 * n[0] + 2], w[12 * n[0] + 3], eps)

def head(h: Tensor, w: List[Tensor], n: List[int]) -> Tensor:  # [N, vocabulary], float32
  return __torch__.linear(h, w, 12 * n[0] + 4).float()

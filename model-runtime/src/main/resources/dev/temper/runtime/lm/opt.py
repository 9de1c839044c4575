# OPT: learned positions from the third row of their table on; layer norms before attention and feed-forward, or after each.
# Weights, 12 a layer, each a weight and its bias: attention norm, q|k|v, o, feed-forward norm, up, down;
# then embedding, positions, head, and where the model has them final norm and its bias, projections in and out.
# n = [layers, heads, heads, head dim, 0, activation, norms before, final norm, projections].

def embed(ids: Tensor, position: Tensor, w: List[Tensor], n: List[int]) -> Tensor:  # [N], [N] -> [N, hidden]
  x = torch.embedding(w[12 * n[0]], ids)
  if n[8] == 1:
    x = __torch__.linear(x, w, 12 * n[0] + 3 + 2 * n[7])
  return x + torch.embedding(w[12 * n[0] + 1], position + 2)

def project(x: Tensor, l: int, w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor, Tensor]:  # q, k, v [N, heads, dim]
  if n[6] == 1:
    x = __torch__.norm(x, w[12 * l], w[12 * l + 1], eps)
  y = __torch__.linear_biased(x, w, 12 * l + 2).view([-1, 3, n[1], n[3]])
  return (y.select(1, 0), y.select(1, 1), y.select(1, 2))

def finish(x: Tensor, attended: Tensor, l: int, w: List[Tensor], n: List[int], eps: float) -> Tensor:  # [N, hidden]
  x = x + __torch__.linear_biased(attended, w, 12 * l + 4)
  if n[6] == 0:
    x = __torch__.norm(x, w[12 * l], w[12 * l + 1], eps)
  h = __torch__.norm(x, w[12 * l + 6], w[12 * l + 7], eps) if n[6] == 1 else x
  up = __torch__.activate(__torch__.linear_biased(h, w, 12 * l + 8), n[5])
  x = x + __torch__.linear_biased(up, w, 12 * l + 10)
  return x if n[6] == 1 else __torch__.norm(x, w[12 * l + 6], w[12 * l + 7], eps)

def final(x: Tensor, w: List[Tensor], n: List[int], eps: float) -> Tensor:  # what the head reads, [N, embedding width]
  if n[7] == 1:
    x = __torch__.norm(x, w[12 * n[0] + 3], w[12 * n[0] + 4], eps)
  if n[8] == 1:
    x = __torch__.linear(x, w, 12 * n[0] + 4 + 2 * n[7])
  return x

def head(h: Tensor, w: List[Tensor], n: List[int]) -> Tensor:  # [N, vocabulary], float32
  return __torch__.linear(h, w, 12 * n[0] + 2).float()

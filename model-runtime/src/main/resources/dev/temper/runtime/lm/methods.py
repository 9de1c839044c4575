  def hidden(self: __torch__.Module_, ids: Tensor, w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tensor:
    return __torch__.read(ids, w, n, eps, cos, sin).float()
  def states(self: __torch__.Module_, ids: Tensor, w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> List[Tensor]:
    return __torch__.states(ids, w, n, eps, cos, sin, True)
  def logits(self: __torch__.Module_, h: Tensor, w: List[Tensor], n: List[int]) -> Tensor:
    return __torch__.head(torch.to(h, w[0].dtype), w, n)
  def cast(self: __torch__.Module_, x: Tensor, dtype: int) -> Tensor:
    return torch.to(x, dtype)
  def zeros(self: __torch__.Module_, shape: List[int], like: Tensor) -> Tensor:
    return like.new_zeros(shape)

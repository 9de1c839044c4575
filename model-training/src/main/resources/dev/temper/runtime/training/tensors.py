  def copy(self: __torch__.Module_, target: Tensor, source: Tensor) -> int:
    target.copy_(source)
    return 0

  def round(self: __torch__.Module_, target: Tensor, dtype: int) -> int:
    target.copy_(torch.to(target, dtype))
    return 0

  def empty(self: __torch__.Module_, dtype: int, like: Tensor) -> Tensor:
    return torch.to(like.narrow(0, 0, 0), dtype)

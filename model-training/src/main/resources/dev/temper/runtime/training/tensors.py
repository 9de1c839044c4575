  def copy(self: __torch__.Module_, target: Tensor, source: Tensor) -> int:
    target.copy_(source)
    return 0

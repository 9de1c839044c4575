  def hidden(self: __torch__.Module_, ids: Tensor, types: Tensor, lengths: Tensor, w: List[Tensor], n: List[int], eps: float) -> Tensor:
    return __torch__.read(ids, types, lengths, w, n, eps).float()
  def logits(self: __torch__.Module_, ids: Tensor, types: Tensor, lengths: Tensor, w: List[Tensor], n: List[int], eps: float) -> Tensor:
    x = __torch__.read(ids, types, lengths, w, n, eps)
    return __torch__.classify(x.select(1, 0), w, n).float()

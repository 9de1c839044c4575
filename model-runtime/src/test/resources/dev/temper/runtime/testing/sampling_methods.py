  def candidates(self: __torch__.Module_, z: Tensor, seen: Tensor, settings: Tensor, u: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    ids, log_p, count, drawn, cut = __torch__.candidates(z, seen, settings, u, z.size(1))
    return (ids, log_p, count)

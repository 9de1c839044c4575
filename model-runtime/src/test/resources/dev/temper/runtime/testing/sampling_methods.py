  def candidates(self: __torch__.Module_, z: Tensor, seen: Tensor, counts: Tensor, settings: Tensor, rules: int, most: int, u: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    ids, log_p, count, drawn, cut = __torch__.candidates(z, seen, counts, settings, rules, most, u, z.size(1))
    return (ids, log_p, count)

  def without_banned(self: __torch__.Module_, z: Tensor, newest: Tensor, bans: Tensor) -> Tensor:
    return __torch__.without_banned(z, newest, bans)

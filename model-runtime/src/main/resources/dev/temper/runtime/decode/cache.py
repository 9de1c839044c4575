  # Moves of keys and values between slots. cache = [keys, values, ...], both [layers, slots, kv heads, time, dim].
  def copy(self: __torch__.Module_, source: int, target: int, length: int, cache: List[Tensor]) -> int:
    for i in range(2):
      cache[i].select(1, target).narrow(2, 0, length).copy_(cache[i].select(1, source).narrow(2, 0, length))
    return 0

  def swap(self: __torch__.Module_, one: int, other: int, length: int, cache: List[Tensor]) -> int:
    for i in range(2):
      for l in range(cache[i].size(0)):
        a = cache[i][l][one].narrow(1, 0, length)
        b = cache[i][l][other].narrow(1, 0, length)
        held = a.clone()
        a.copy_(b)
        b.copy_(held)
    return 0

  def erase(self: __torch__.Module_, slot: int, length: int, cache: List[Tensor]) -> int:
    for i in range(2):
      cache[i].select(1, slot).narrow(2, 0, length).zero_()
    return 0

  def erase_all(self: __torch__.Module_, cache: List[Tensor]) -> int:
    for i in range(2):
      cache[i].zero_()
    return 0

  def keep(self: __torch__.Module_, slot: int, length: int, cache: List[Tensor]) -> Tensor:  # [2, layers, kv heads, length, dim]
    return torch.stack([cache[0].select(1, slot).narrow(2, 0, length), cache[1].select(1, slot).narrow(2, 0, length)])

  def restore(self: __torch__.Module_, kept: Tensor, slot: int, length: int, cache: List[Tensor]) -> int:
    for i in range(2):
      cache[i].select(1, slot).narrow(2, 0, length).copy_(kept[i].narrow(2, 0, length))
    return 0

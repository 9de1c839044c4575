  def map_file(self: __torch__.Module_, file: str, elements: int, dtype: int) -> Tensor:  # [elements], pages are read when touched
    return torch.from_file(file, False, elements, dtype=dtype, layout=None, device=None, pin_memory=None)

  def allocate(self: __torch__.Module_, shape: List[int], dtype: int, device: str) -> Tensor:
    return torch.empty(shape, dtype=dtype, layout=None, device=torch.device(device), pin_memory=None, memory_format=None)

  def fill(self: __torch__.Module_, weight: Tensor, row: int, rows: int, source: Tensor, begin: int, elements: int) -> int:
    # rows of the weight from elements of a flat source, converted to the weight's type on the weight's device
    target = weight.narrow(0, row, rows)
    target.copy_(source.narrow(0, begin, elements).view(target.size()))
    return rows

  def rows_as_float32(self: __torch__.Module_, weight: Tensor, row: int, rows: int) -> Tensor:
    return torch.to(weight.narrow(0, row, rows), torch.device("cpu"), 6, False, True).contiguous()

  def randomise(self: __torch__.Module_, weight: Tensor, mean: float, deviation: float) -> int:
    weight.normal_(mean, deviation)
    return weight.size(0)

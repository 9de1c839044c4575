  def exchange(self: __torch__.Module_, rule: List[Tensor], first: int, directions: Tensor, offsets: Tensor) -> int:
    # rule = [w of all sides [2A, hidden], b [2A]]; the rows of one side are written in place
    rule[0].narrow(0, first, directions.size(0)).copy_(directions)
    rule[1].narrow(0, first, offsets.size(0)).copy_(offsets)
    return first

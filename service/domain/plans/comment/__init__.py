"""Comments: what people say about maps, their parts, and all else."""

from service.domain.plans.comment.inputs import CommentList, NewComment
from service.domain.plans.comment.writes import COMMENTS

__all__ = ["COMMENTS", "CommentList", "NewComment"]

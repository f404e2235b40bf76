"""A compiled loop that calls no code but its own, so that it is the same code compiled here or loaded.

Numba compiles the body of a parallel loop, and each function that it calls, in a library of its own; the
loop's library takes copies of them and optimises them once more.  All copies have one name, and a process
keeps the first that it meets: where the loop is compiled, the separate one; where it is loaded, the copy in
the file.  Fast arithmetic may be ordered otherwise in the two, so the last bits of a run and of its
continuation in another process would differ.  Copies private to the loop's library have no such rival.

Nor may they be one: a copy may have lost what its loop does not ask of it, such as the status that it
returns, and what is merely internal still enters the table of names by which code is linked.  Python, calling
the function of that name, would read a status where there is none.
"""

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder

# Linkages of functions that may be defined in several libraries, of which the first is taken.
SHARED = {"linkonce_any", "linkonce_odr", "weak_any", "weak_odr"}
# Of what only its own library calls, and no table of names holds.
UNNAMED = "private"


class OwningLibrary(JITCodeLibrary):
    """A library in which the functions taken from others are private: no name of them is left."""

    def _optimize_final_module(self) -> None:
        # The one moment when all is linked and nothing yet optimised.
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage.name in SHARED:
                function.linkage = UNNAMED
        super()._optimize_final_module()  # type: ignore[no-untyped-call]


class LoopCompiler(CompilerBase):
    """Numba's compiler, with a library that owns its code."""

    def define_pipelines(self) -> list[Any]:
        """Numba's usual passes."""
        name = self.state.func_id.func_qualname
        library: Any = OwningLibrary
        self.state.library = library(self.state.targetctx.codegen(), name)
        # As Numba does where no library is given: without it nothing can be saved.
        self.state.library.enable_object_caching()
        return [DefaultPassBuilder.define_nopython_pipeline(self.state)]

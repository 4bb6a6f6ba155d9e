"""A solver for halmos: cvc5, which reads the query's 256-bit words as bounded integers.

Division of one number and of the next is beyond a solver that multiplies bits out; over the
integers it takes a tenth of a second. cvc5's wheel carries no program, hence this one.
"""

import sys

import cvc5

solver = cvc5.Solver(cvc5.TermManager())
solver.setOption("solve-bv-as-int", "sum")
solver.setOption("produce-models", "true")
parser = cvc5.InputParser(solver)
parser.setFileInput(cvc5.InputLanguage.SMT_LIB_2_6, sys.argv[1])
symbols = parser.getSymbolManager()
while not (command := parser.nextCommand()).isNull():
    print(command.invoke(solver, symbols), end="")

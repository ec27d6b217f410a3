//go:build !purego

#include "textflag.h"

// func subWord(w uint32) uint32
TEXT ·subWord(SB), NOSPLIT, $0-12
	MOVL            w+0(FP), AX
	MOVQ            AX, X0
	PSHUFD          $0, X0, X0
	AESKEYGENASSIST $0, X0, X0
	MOVQ            X0, AX
	MOVL            AX, ret+8(FP)
	RET

// func inverseMixColumns(key *[16]byte)
TEXT ·inverseMixColumns(SB), NOSPLIT, $0-8
	MOVQ   key+0(FP), AX
	MOVOU  (AX), X0
	AESIMC X0, X0
	MOVOU  X0, (AX)
	RET

// One round on the eight blocks X0 to X7, with the key in X8.
#define ROUND8(INSTRUCTION) \
	INSTRUCTION X8, X0 \
	INSTRUCTION X8, X1 \
	INSTRUCTION X8, X2 \
	INSTRUCTION X8, X3 \
	INSTRUCTION X8, X4 \
	INSTRUCTION X8, X5 \
	INSTRUCTION X8, X6 \
	INSTRUCTION X8, X7

// func decryptBlocks(keys *[15][16]byte, rounds int, dst, src *byte, n int, iv *[16]byte)
//
// AX keys, BX rounds less one, DI dst, SI src, CX blocks left, DX iv;
// R8 the key at hand, R9 rounds left; X9 the block before.
TEXT ·decryptBlocks(SB), NOSPLIT, $0-48
	MOVQ  keys+0(FP), AX
	MOVQ  rounds+8(FP), BX
	MOVQ  dst+16(FP), DI
	MOVQ  src+24(FP), SI
	MOVQ  n+32(FP), CX
	MOVQ  iv+40(FP), DX
	MOVOU (DX), X9
	DECQ  BX

eight:
	CMPQ  CX, $8
	JB    one
	MOVOU 0(SI), X0
	MOVOU 16(SI), X1
	MOVOU 32(SI), X2
	MOVOU 48(SI), X3
	MOVOU 64(SI), X4
	MOVOU 80(SI), X5
	MOVOU 96(SI), X6
	MOVOU 112(SI), X7
	MOVOU (AX), X8
	ROUND8(PXOR)
	LEAQ  16(AX), R8
	MOVQ  BX, R9

eightRounds:
	MOVOU (R8), X8
	ROUND8(AESDEC)
	ADDQ  $16, R8
	DECQ  R9
	JNZ   eightRounds
	MOVOU (R8), X8
	ROUND8(AESDECLAST)

	// All of the ciphertext is read before the first block is written: dst may be src.
	PXOR  X9, X0
	MOVOU 0(SI), X10
	PXOR  X10, X1
	MOVOU 16(SI), X11
	PXOR  X11, X2
	MOVOU 32(SI), X12
	PXOR  X12, X3
	MOVOU 48(SI), X13
	PXOR  X13, X4
	MOVOU 64(SI), X14
	PXOR  X14, X5
	MOVOU 80(SI), X10
	PXOR  X10, X6
	MOVOU 96(SI), X11
	PXOR  X11, X7
	MOVOU 112(SI), X9
	MOVOU X0, 0(DI)
	MOVOU X1, 16(DI)
	MOVOU X2, 32(DI)
	MOVOU X3, 48(DI)
	MOVOU X4, 64(DI)
	MOVOU X5, 80(DI)
	MOVOU X6, 96(DI)
	MOVOU X7, 112(DI)
	ADDQ  $128, SI
	ADDQ  $128, DI
	SUBQ  $8, CX
	JMP   eight

one:
	TESTQ CX, CX
	JZ    done
	MOVOU (SI), X0
	MOVOU X0, X10
	MOVOU (AX), X8
	PXOR  X8, X0
	LEAQ  16(AX), R8
	MOVQ  BX, R9

oneRound:
	MOVOU  (R8), X8
	AESDEC X8, X0
	ADDQ   $16, R8
	DECQ   R9
	JNZ    oneRound
	MOVOU  (R8), X8
	AESDECLAST X8, X0
	PXOR   X9, X0
	MOVOU  X10, X9
	MOVOU  X0, (DI)
	ADDQ   $16, SI
	ADDQ   $16, DI
	DECQ   CX
	JMP    one

done:
	MOVOU X9, (DX)
	RET

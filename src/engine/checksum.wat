;; The lanes of checksum.ts in SIMD. Bytes 0-63 of the memory are the sixteen lanes, groups of 64 bytes follow from byte 64 on.
;; Turned into checksum-wasm.ts by scripts/build-checksum.mjs.
(module
  (memory (export "memory") 2 2)

  ;; Takes the groups from byte 64 up to $end into the lanes: one group or more.
  (func (export "absorb") (param $end i32)
    (local $at i32) (local $factor v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $factor (v128.const i32x4 0x9e3779b1 0x9e3779b1 0x9e3779b1 0x9e3779b1))
    (local.set $a (v128.load offset=0 (i32.const 0)))
    (local.set $b (v128.load offset=16 (i32.const 0)))
    (local.set $c (v128.load offset=32 (i32.const 0)))
    (local.set $d (v128.load offset=48 (i32.const 0)))
    (local.set $at (i32.const 64))
    (loop $group
      (local.set $a (i32x4.mul (v128.xor (local.get $a) (v128.load offset=0 (local.get $at))) (local.get $factor)))
      (local.set $b (i32x4.mul (v128.xor (local.get $b) (v128.load offset=16 (local.get $at))) (local.get $factor)))
      (local.set $c (i32x4.mul (v128.xor (local.get $c) (v128.load offset=32 (local.get $at))) (local.get $factor)))
      (local.set $d (i32x4.mul (v128.xor (local.get $d) (v128.load offset=48 (local.get $at))) (local.get $factor)))
      (local.set $a (v128.xor (local.get $a) (i32x4.shr_u (local.get $a) (i32.const 15))))
      (local.set $b (v128.xor (local.get $b) (i32x4.shr_u (local.get $b) (i32.const 15))))
      (local.set $c (v128.xor (local.get $c) (i32x4.shr_u (local.get $c) (i32.const 15))))
      (local.set $d (v128.xor (local.get $d) (i32x4.shr_u (local.get $d) (i32.const 15))))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br_if $group (i32.lt_u (local.get $at) (local.get $end))))
    (v128.store offset=0 (i32.const 0) (local.get $a))
    (v128.store offset=16 (i32.const 0) (local.get $b))
    (v128.store offset=32 (i32.const 0) (local.get $c))
    (v128.store offset=48 (i32.const 0) (local.get $d))))

;; The lanes of checksum.ts in SIMD, over groups of 64 bytes in a memory that is handed in.
;; Turned into checksum-wasm.ts by scripts/build-engine-wasm.mjs.
(module
  (import "m" "m" (memory 1))

  ;; Takes the groups from $at up to $end, one or more, into the sixteen lanes at $lanes.
  (func (export "absorb") (param $lanes i32) (param $at i32) (param $end i32)
    (local $factor v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $factor (v128.const i32x4 0x9e3779b1 0x9e3779b1 0x9e3779b1 0x9e3779b1))
    (local.set $a (v128.load offset=0 (local.get $lanes)))
    (local.set $b (v128.load offset=16 (local.get $lanes)))
    (local.set $c (v128.load offset=32 (local.get $lanes)))
    (local.set $d (v128.load offset=48 (local.get $lanes)))
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
    (v128.store offset=0 (local.get $lanes) (local.get $a))
    (v128.store offset=16 (local.get $lanes) (local.get $b))
    (v128.store offset=32 (local.get $lanes) (local.get $c))
    (v128.store offset=48 (local.get $lanes) (local.get $d))))

;; Looks through a catalog file for frames that only put plain entries, each for a call or none, and keeps hash tables of what they put. plain-frames.ts says
;; what is plain, and what lies where. Turned into plain-frames-wasm.ts by scripts/build-engine-wasm.mjs.
(module
  (import "m" "m" (memory 1))
  ;; That of checksum.wat, over the same memory: (lanes, at, end)
  (import "m" "absorb" (func $absorb (param i32 i32 i32)))

  ;; Where plain-frames.ts puts, and finds, what is not handed over: see there.
  ;;   0 lanes, 64 their seeds, 128 a group, 192 sizes of items by dtype
  ;;   256 checksum of the last frame, 264 its sequence, 272 live bytes, 280 highest incarnation, 288 highest position: f64
  ;;   296 records found, 304 where the client of the calls found is named, 308 its length, 312 and 316 those of the frame looked at: i32

  (global $p (mut i32) (i32.const 0)) ;; what is read next
  (global $end (mut i32) (i32.const 0)) ;; of what may be read
  (global $isPlain (mut i32) (i32.const 1)) ;; 0 from the first thing on that is not

  (func $mix (param $bits i32) (result i32)
    (local.set $bits (i32.xor (local.get $bits) (i32.shr_u (local.get $bits) (i32.const 16))))
    (local.set $bits (i32.mul (local.get $bits) (i32.const 0x85ebca6b)))
    (local.set $bits (i32.xor (local.get $bits) (i32.shr_u (local.get $bits) (i32.const 13))))
    (local.set $bits (i32.mul (local.get $bits) (i32.const 0xc2b2ae35)))
    (i32.xor (local.get $bits) (i32.shr_u (local.get $bits) (i32.const 16))))

  ;; The checksum of $length bytes, as checksum.ts makes it.
  (func $sum (param $at i32) (param $length i32) (result f64)
    (local $whole i32) (local $high i32) (local $low i32) (local $lane i32) (local $mixed i32) (local $i i32)
    (memory.copy (i32.const 0) (i32.const 64) (i32.const 64))
    (local.set $whole (i32.and (local.get $length) (i32.const -64)))
    (if (local.get $whole)
      (then (call $absorb (i32.const 0) (local.get $at) (i32.add (local.get $at) (local.get $whole)))))
    (if (i32.lt_u (local.get $whole) (local.get $length))
      (then
        (memory.fill (i32.const 128) (i32.const 0) (i32.const 64))
        (memory.copy (i32.const 128) (i32.add (local.get $at) (local.get $whole))
          (i32.sub (local.get $length) (local.get $whole)))
        (call $absorb (i32.const 0) (i32.const 128) (i32.const 192))))
    (local.set $high (call $mix (local.get $length)))
    (local.set $low (call $mix (i32.xor (local.get $length) (i32.const -1))))
    (loop $lanes
      (local.set $lane (i32.load (local.get $i)))
      (local.set $mixed (call $mix (local.get $lane)))
      (local.set $high (i32.mul
        (i32.rotl (i32.xor (local.get $high) (local.get $mixed)) (i32.const 13)) (i32.const 0xcc9e2d51)))
      (local.set $low (i32.add (local.get $lane) (i32.mul
        (i32.rotl (i32.xor (local.get $low) (local.get $mixed)) (i32.const 17)) (i32.const 0x1b873593))))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br_if $lanes (i32.lt_u (local.get $i) (i32.const 64))))
    (f64.convert_i64_u (i64.or
      (i64.shl (i64.extend_i32_u (call $mix (local.get $high))) (i64.const 21))
      (i64.extend_i32_u (i32.shr_u (call $mix (local.get $low)) (i32.const 11))))))

  (func $stop (global.set $isPlain (i32.const 0)))

  ;; Goes on behind $count bytes, where there are as many.
  (func $pass (param $count i64)
    (if (i64.gt_u (local.get $count) (i64.extend_i32_u (i32.sub (global.get $end) (global.get $p))))
      (then (call $stop))
      (else (global.set $p (i32.add (global.get $p) (i32.wrap_i64 (local.get $count)))))))

  (func $byte (result i32)
    (if (i32.ge_u (global.get $p) (global.get $end)) (then (call $stop) (return (i32.const 0))))
    (global.set $p (i32.add (global.get $p) (i32.const 1)))
    (i32.load8_u (i32.sub (global.get $p) (i32.const 1))))

  ;; 7 bits a byte, low ones first; not above 2^53 - 1.
  (func $integer (result i64)
    (local $value i64) (local $shift i64) (local $byte i32)
    (loop $more
      (local.set $byte (call $byte))
      (local.set $value (i64.or (local.get $value)
        (i64.shl (i64.extend_i32_u (i32.and (local.get $byte) (i32.const 0x7f))) (local.get $shift))))
      (local.set $shift (i64.add (local.get $shift) (i64.const 7)))
      (br_if $more (i32.and (i32.ge_u (local.get $byte) (i32.const 0x80))
        (i64.lt_u (local.get $shift) (i64.const 56)))))
    (if (i32.or (i32.ge_u (local.get $byte) (i32.const 0x80))
        (i64.gt_u (local.get $value) (i64.const 0x1fffffffffffff)))
      (then (call $stop)))
    (local.get $value))

  ;; The hash of the path of $length bytes from $at on, which has to be ASCII, without segments that are empty, '.' or '..'.
  (func $path (param $at i32) (param $length i32) (result i32)
    (local $hash i32) (local $unit i32) (local $segment i32) (local $dots i32) (local $i i32)
    (local.set $hash (i32.const 0x811c9dc5))
    (block $done
      (loop $units
        (br_if $done (i32.ge_u (local.get $i) (local.get $length)))
        (local.set $unit (i32.load8_u (i32.add (local.get $at) (local.get $i))))
        (if (i32.gt_u (local.get $unit) (i32.const 0x7f)) (then (call $stop)))
        (local.set $hash (i32.mul (i32.xor (local.get $hash) (local.get $unit)) (i32.const 0x01000193)))
        (if (i32.eq (local.get $unit) (i32.const 0x2f))
          (then
            (if (i32.and (i32.eq (local.get $segment) (local.get $dots)) (i32.le_u (local.get $segment) (i32.const 2)))
              (then (call $stop)))
            (local.set $segment (i32.const 0))
            (local.set $dots (i32.const 0)))
          (else
            (local.set $segment (i32.add (local.get $segment) (i32.const 1)))
            (local.set $dots (i32.add (local.get $dots) (i32.eq (local.get $unit) (i32.const 0x2e))))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $units)))
    (if (i32.and (i32.eq (local.get $segment) (local.get $dots)) (i32.le_u (local.get $segment) (i32.const 2)))
      (then (call $stop)))
    (local.get $hash))

  ;; Of layout.ts, as the three below.
  (func $blockCount (param $nbytes i64) (result i64)
    (i64.add (i64.shr_u (local.get $nbytes) (i64.const 20))
      (i64.shr_u (i64.add (i64.and (local.get $nbytes) (i64.const 0xfffff)) (i64.const 0x3ffff)) (i64.const 18))))

  (func $blockLength (param $i i64) (param $nbytes i64) (result i64)
    (local $whole i64) (local $rest i64)
    (local.set $whole (i64.shr_u (local.get $nbytes) (i64.const 20)))
    (if (i64.lt_u (local.get $i) (local.get $whole)) (then (return (i64.const 0x100000))))
    (local.set $rest (i64.sub (i64.and (local.get $nbytes) (i64.const 0xfffff))
      (i64.shl (i64.sub (local.get $i) (local.get $whole)) (i64.const 18))))
    (select (local.get $rest) (i64.const 0x40000) (i64.lt_u (local.get $rest) (i64.const 0x40000))))

  (func $isPosition (param $position f64) (param $length i64) (result i32)
    (local $offset i64)
    (if (f64.ne (f64.trunc (local.get $position)) (local.get $position)) (then (return (i32.const 0))))
    (if (f64.lt (local.get $position) (f64.const 0))
      (then (return (f64.gt (local.get $position) (f64.const -20002)))))
    (if (f64.ge (local.get $position) (f64.const 42949672960000)) (then (return (i32.const 0))))
    (local.set $offset (i64.and (i64.trunc_f64_u (local.get $position)) (i64.const 0xfffff)))
    (i32.and (i64.eqz (i64.and (local.get $offset) (i64.const 63)))
      (i64.le_u (i64.add (local.get $offset) (local.get $length)) (i64.const 0x100000))))

  (func $integers (param $count i64)
    (block $done
      (loop $each
        (br_if $done (i32.or (i64.eqz (local.get $count)) (i32.eqz (global.get $isPlain))))
        (drop (call $integer))
        (local.set $count (i64.sub (local.get $count) (i64.const 1)))
        (br $each))))

  ;; Passes a call, which has to be of the client at 312 where there is one.
  (func $call
    (local $length i64) (local $at i32)
    (local.set $length (call $integer))
    (local.set $at (global.get $p))
    (call $pass (local.get $length))
    (if (i32.or (i64.eqz (local.get $length)) (i32.eqz (global.get $isPlain))) (then (call $stop) (return)))
    (if (i32.eqz (i32.load (i32.const 316)))
      (then
        (i32.store (i32.const 312) (local.get $at))
        (i32.store (i32.const 316) (i32.wrap_i64 (local.get $length))))
      (else
        (if (i32.ne (i32.load (i32.const 316)) (i32.wrap_i64 (local.get $length))) (then (call $stop) (return)))
        (if (i32.eqz (call $isSame (local.get $at) (i32.load (i32.const 312)) (i32.load (i32.const 316))))
          (then (call $stop) (return)))))
    (call $integers (i64.const 2)) ;; its id, and what is answered
    (local.set $length (call $integer))
    (if (i64.ne (i64.and (local.get $length) (i64.const 1)) (i64.const 0)) (then (call $stop)))
    (call $integers (local.get $length)) ;; what it changed, made, and took away
    (call $integers (call $integer))
    (call $integers (call $integer)))

  ;; Reads a put, and keeps where it lies in the 40 bytes at $record.
  (func $put (param $record i32)
    (local $length i64) (local $incarnation i64) (local $size f64) (local $ndim i32) (local $nbytes i64)
    (local $count i64) (local $i i64)
    (i32.store offset=0 (local.get $record) (i32.const 0))
    (i32.store offset=4 (local.get $record) (global.get $p))
    (local.set $length (call $integer))
    (i32.store offset=12 (local.get $record) (global.get $p))
    (i32.store offset=16 (local.get $record) (i32.wrap_i64 (local.get $length)))
    (if (i64.gt_u (local.get $length) (i64.const 1024)) (then (call $stop)))
    (call $pass (local.get $length))
    (if (i32.eqz (global.get $isPlain)) (then (return)))
    (i32.store offset=8 (local.get $record)
      (call $path (i32.load offset=12 (local.get $record)) (i32.wrap_i64 (local.get $length))))
    ;; attributes, flags, clients
    (if (i64.ne (call $integer) (i64.const 0)) (then (call $stop)))
    (if (call $byte) (then (call $stop)))
    (if (i64.ne (call $integer) (i64.const 0)) (then (call $stop)))
    (local.set $incarnation (call $integer))
    (if (i64.gt_u (local.get $incarnation) (i64.const 0x10000000000000)) (then (call $stop)))
    (f64.store offset=24 (local.get $record) (f64.convert_i64_u (local.get $incarnation)))
    (drop (call $integer)) ;; the version
    (local.set $ndim (call $byte)) ;; the dtype
    (if (i32.ge_u (local.get $ndim) (i32.const 64)) (then (call $stop) (return)))
    (local.set $size (f64.convert_i32_u (i32.load8_u offset=192 (local.get $ndim))))
    (if (f64.eq (local.get $size) (f64.const 0)) (then (call $stop)))
    (local.set $count (call $integer))
    (if (i64.gt_u (local.get $count) (i64.const 64)) (then (call $stop) (return)))
    (block $shaped
      (loop $axes
        (br_if $shaped (i64.eqz (local.get $count)))
        (local.set $size (f64.mul (local.get $size) (f64.convert_i64_u (call $integer))))
        (local.set $count (i64.sub (local.get $count) (i64.const 1)))
        (br $axes)))
    (local.set $nbytes (call $integer))
    (if (f64.ne (f64.convert_i64_u (local.get $nbytes)) (local.get $size)) (then (call $stop)))
    (f64.store offset=32 (local.get $record) (f64.convert_i64_u (local.get $nbytes)))
    (call $pass (call $integer)) ;; the class
    (call $pass (i64.const 8)) ;; when it was modified
    (if (i32.eqz (global.get $isPlain)) (then (return)))
    (if (i32.eqz (f64.ge (f64.load (i32.sub (global.get $p) (i32.const 8))) (f64.const 0))) (then (call $stop)))
    (local.set $count (call $blockCount (local.get $nbytes)))
    (if (i64.ne (call $integer) (i64.shl (local.get $count) (i64.const 1))) (then (call $stop)))
    (i32.store offset=20 (local.get $record) (global.get $p))
    (call $pass (i64.shl (local.get $count) (i64.const 4)))
    (if (i32.eqz (global.get $isPlain)) (then (return)))
    (block $placed
      (loop $blocks
        (br_if $placed (i64.ge_u (local.get $i) (local.get $count)))
        (if (i32.eqz (call $isPosition
              (f64.load (i32.add (i32.load offset=20 (local.get $record)) (i32.shl (i32.wrap_i64 (local.get $i)) (i32.const 4))))
              (call $blockLength (local.get $i) (local.get $nbytes))))
          (then (call $stop)))
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (br $blocks))))

  ;; Looks through frames from $at on that follow the one whose checksum is at 256; returns where the first begins that is not plain,
  ;; or not whole, or of a lower sequence, or of a call of another client. Records go to $records, up to $last.
  (func (export "scan") (param $at i32) (param $fileEnd i32) (param $epoch i32) (param $format i32) (param $log f64)
      (param $records i32) (param $last i32) (result i32)
    (local $body i32) (local $length i32) (local $record i32) (local $count i64) (local $expected f64) (local $found f64)
    (local $sequence f64) (local $kind i32)
    (block $done
      (loop $frames
        (br_if $done (i32.gt_u (i32.add (local.get $at) (i32.const 48)) (local.get $fileEnd)))
        (br_if $done (i32.ne (i32.load offset=0 (local.get $at)) (i32.const 0x4643444c)))
        (local.set $body (i32.load offset=4 (local.get $at)))
        (br_if $done (i32.lt_u (local.get $body) (i32.const 17)))
        (br_if $done (i32.gt_u (local.get $body) (i32.sub (i32.sub (local.get $fileEnd) (local.get $at)) (i32.const 32))))
        (local.set $length (i32.and (i32.add (local.get $body) (i32.const 39)) (i32.const -8)))
        (br_if $done (i32.gt_u (local.get $length) (i32.sub (local.get $fileEnd) (local.get $at))))
        (br_if $done (i32.ne (i32.load offset=8 (local.get $at)) (local.get $epoch)))
        (br_if $done (i32.ne (i32.load offset=12 (local.get $at)) (local.get $format)))
        (br_if $done (f64.ne (f64.load offset=32 (local.get $at)) (local.get $log)))
        (local.set $sequence (f64.load offset=16 (local.get $at)))
        (br_if $done (f64.ne (f64.trunc (local.get $sequence)) (local.get $sequence)))
        (br_if $done (i32.eqz (i32.and (f64.ge (local.get $sequence) (f64.load (i32.const 264)))
          (f64.le (local.get $sequence) (f64.const 9007199254740991)))))
        (global.set $p (i32.add (local.get $at) (i32.const 48)))
        (global.set $end (i32.add (i32.add (local.get $at) (i32.const 32)) (local.get $body)))
        (global.set $isPlain (i32.const 1))
        (local.set $count (call $integer))
        (br_if $done (i64.eqz (local.get $count)))
        (local.set $record
          (i32.add (local.get $records) (i32.mul (i32.load (i32.const 296)) (i32.const 40))))
        (br_if $done (i64.gt_u (local.get $count)
          (i64.extend_i32_u (i32.div_u (i32.sub (local.get $last) (local.get $record)) (i32.const 40)))))
        (i64.store (i32.const 312) (i64.load (i32.const 304)))
        (loop $changes
          (local.set $kind (call $byte))
          (if (i32.eqz (local.get $kind))
            (then
              (call $put (local.get $record))
              (local.set $record (i32.add (local.get $record) (i32.const 40))))
            (else
              (if (i32.eq (local.get $kind) (i32.const 8)) (then (call $call)) (else (call $stop)))))
          (br_if $done (i32.eqz (global.get $isPlain)))
          (local.set $count (i64.sub (local.get $count) (i64.const 1)))
          (br_if $changes (i32.eqz (i64.eqz (local.get $count)))))
        (local.set $expected (f64.load offset=24 (local.get $at)))
        (f64.store offset=24 (local.get $at) (f64.load (i32.const 256)))
        (local.set $found (call $sum (local.get $at) (local.get $length)))
        (f64.store offset=24 (local.get $at) (local.get $expected))
        (br_if $done (f64.ne (local.get $found) (local.get $expected)))
        (f64.store (i32.const 256) (local.get $found))
        (f64.store (i32.const 264) (local.get $sequence))
        (i64.store (i32.const 304) (i64.load (i32.const 312)))
        (i32.store (i32.const 296)
          (i32.div_u (i32.sub (local.get $record) (local.get $records)) (i32.const 40)))
        (local.set $at (i32.add (local.get $at) (local.get $length)))
        (br $frames)))
    (local.get $at))

  (func $isSame (param $a i32) (param $b i32) (param $length i32) (result i32)
    (local $i i32)
    (block $differ
      (loop $bytes
        (if (i32.ge_u (local.get $i) (local.get $length)) (then (return (i32.const 1))))
        (br_if $differ (i32.ne (i32.load8_u (i32.add (local.get $a) (local.get $i)))
          (i32.load8_u (i32.add (local.get $b) (local.get $i)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $bytes)))
    (i32.const 0))

  ;; Whether a bit of $bits is set, of which there are $mask + 1.
  (func $isMarked (param $bits i32) (param $mask i32) (param $bit i32) (result i32)
    (local.set $bit (i32.and (local.get $bit) (local.get $mask)))
    (i32.and (i32.const 1) (i32.shr_u
      (i32.load8_u (i32.add (local.get $bits) (i32.shr_u (local.get $bit) (i32.const 3))))
      (i32.and (local.get $bit) (i32.const 7)))))

  ;; Puts the records from $record up to $last into the tables of paths and incarnations; stops at the first whose path or incarnation
  ;; is there, or may be where there are no tables of, and returns it.
  (func (export "insert") (param $record i32) (param $last i32) (param $records i32) (param $paths i32)
      (param $incarnations i32) (param $mask i32) (param $bits i32) (param $bitMask i32) (result i32)
    (local $hash i32) (local $number i32) (local $slot i32) (local $other i32) (local $pathSlot i32) (local $nth i32)
    (local $count i64) (local $i i64) (local $nbytes i64) (local $position f64)
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $record) (local.get $last)))
        (local.set $hash (i32.load offset=8 (local.get $record)))
        (local.set $number (i32.wrap_i64 (i64.trunc_f64_u (f64.load offset=24 (local.get $record)))))
        (br_if $done (call $isMarked (local.get $bits) (local.get $bitMask) (local.get $hash)))
        (br_if $done (call $isMarked (local.get $bits) (local.get $bitMask) (local.get $number)))
        (local.set $slot (i32.and (local.get $hash) (local.get $mask)))
        (block $free
          (loop $probe
            (local.set $pathSlot (i32.add (local.get $paths) (i32.shl (local.get $slot) (i32.const 2))))
            (local.set $nth (i32.load (local.get $pathSlot)))
            (br_if $free (i32.eqz (local.get $nth)))
            (local.set $other (i32.add (local.get $records)
              (i32.mul (i32.sub (local.get $nth) (i32.const 1)) (i32.const 40))))
            (if (i32.and (i32.eq (i32.load offset=8 (local.get $other)) (local.get $hash))
                  (i32.eq (i32.load offset=0 (local.get $other)) (i32.const 1)))
              (then (if (i32.eq (i32.load offset=16 (local.get $other)) (i32.load offset=16 (local.get $record)))
                (then (br_if $done (call $isSame (i32.load offset=12 (local.get $other))
                  (i32.load offset=12 (local.get $record)) (i32.load offset=16 (local.get $record))))))))
            (local.set $slot (i32.and (i32.add (local.get $slot) (i32.const 1)) (local.get $mask)))
            (br $probe)))
        (local.set $slot (i32.and (local.get $number) (local.get $mask)))
        (block $free
          (loop $probe
            (local.set $nth (i32.load (i32.add (local.get $incarnations) (i32.shl (local.get $slot) (i32.const 2)))))
            (br_if $free (i32.eqz (local.get $nth)))
            (local.set $other (i32.add (local.get $records)
              (i32.mul (i32.sub (local.get $nth) (i32.const 1)) (i32.const 40))))
            (if (f64.eq (f64.load offset=24 (local.get $other)) (f64.load offset=24 (local.get $record)))
              (then (br_if $done (i32.eq (i32.load offset=0 (local.get $other)) (i32.const 1)))))
            (local.set $slot (i32.and (i32.add (local.get $slot) (i32.const 1)) (local.get $mask)))
            (br $probe)))
        (local.set $nth (i32.add (i32.const 1)
          (i32.div_u (i32.sub (local.get $record) (local.get $records)) (i32.const 40))))
        (i32.store (local.get $pathSlot) (local.get $nth))
        (i32.store (i32.add (local.get $incarnations) (i32.shl (local.get $slot) (i32.const 2))) (local.get $nth))
        (i32.store offset=0 (local.get $record) (i32.const 1))
        (f64.store (i32.const 280) (f64.max (f64.load (i32.const 280)) (f64.load offset=24 (local.get $record))))
        (local.set $nbytes (i64.trunc_f64_u (f64.load offset=32 (local.get $record))))
        (local.set $count (call $blockCount (local.get $nbytes)))
        (local.set $i (i64.const 0))
        (block $placed
          (loop $blocks
            (br_if $placed (i64.ge_u (local.get $i) (local.get $count)))
            (local.set $position (f64.load (i32.add (i32.load offset=20 (local.get $record))
              (i32.shl (i32.wrap_i64 (local.get $i)) (i32.const 4)))))
            (if (f64.ge (local.get $position) (f64.const 0))
              (then
                (f64.store (i32.const 272) (f64.add (f64.load (i32.const 272))
                  (f64.convert_i64_u (call $blockLength (local.get $i) (local.get $nbytes)))))
                (f64.store (i32.const 288) (f64.max (f64.load (i32.const 288)) (local.get $position)))))
            (local.set $i (i64.add (local.get $i) (i64.const 1)))
            (br $blocks)))
        (local.set $record (i32.add (local.get $record) (i32.const 40)))
        (br $each)))
    (local.get $record))

  ;; Adds the lengths of the blocks of what is in the tables, each a multiple of 64, to their slots of 1 MiB: 4 bytes each at $used,
  ;; for slots from $first on, $slots of them. Where there are $files, returns whether these, their lengths f64 at $ends, cover all blocks.
  (func (export "place") (param $record i32) (param $last i32) (param $used i32) (param $first i64) (param $slots i64)
      (param $ends i32) (param $files i32) (result i32)
    (local $count i64) (local $i i64) (local $nbytes i64) (local $position f64) (local $at i64) (local $length i64)
    (local $slot i64) (local $file i32)
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $record) (local.get $last)))
        (local.set $nbytes (i64.trunc_f64_u (f64.load offset=32 (local.get $record))))
        (local.set $count (call $blockCount (local.get $nbytes)))
        (if (i32.ne (i32.load offset=0 (local.get $record)) (i32.const 1)) (then (local.set $count (i64.const 0))))
        (local.set $i (i64.const 0))
        (block $placed
          (loop $blocks
            (br_if $placed (i64.ge_u (local.get $i) (local.get $count)))
            (local.set $position (f64.load (i32.add (i32.load offset=20 (local.get $record))
              (i32.shl (i32.wrap_i64 (local.get $i)) (i32.const 4)))))
            (if (f64.ge (local.get $position) (f64.const 0))
              (then
                (local.set $at (i64.trunc_f64_u (local.get $position)))
                (local.set $length (call $blockLength (local.get $i) (local.get $nbytes)))
                (local.set $file (i32.wrap_i64 (i64.shr_u (local.get $at) (i64.const 32))))
                (if (local.get $files)
                  (then
                    (if (i32.ge_u (local.get $file) (local.get $files)) (then (return (i32.const 0))))
                    (if (f64.gt
                          (f64.convert_i64_u (i64.add (i64.and (local.get $at) (i64.const 0xffffffff)) (local.get $length)))
                          (f64.load (i32.add (local.get $ends) (i32.shl (local.get $file) (i32.const 3)))))
                      (then (return (i32.const 0))))))
                (local.set $slot (i64.sub (i64.shr_u (local.get $at) (i64.const 20)) (local.get $first)))
                (if (i64.lt_u (local.get $slot) (local.get $slots))
                  (then
                    (local.set $file (i32.add (local.get $used) (i32.shl (i32.wrap_i64 (local.get $slot)) (i32.const 2))))
                    (i32.store (local.get $file) (i32.add (i32.load (local.get $file))
                      (i32.and (i32.add (i32.wrap_i64 (local.get $length)) (i32.const 63)) (i32.const -64))))))))
            (local.set $i (i64.add (local.get $i) (i64.const 1)))
            (br $blocks)))
        (local.set $record (i32.add (local.get $record) (i32.const 40)))
        (br $each)))
    (i32.const 1)))

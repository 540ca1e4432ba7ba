package train

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"

	"dpolab/core/ckpt"
)

// A saved run and a model to take away are zip files whose entries are stored, not
// compressed: weights do not compress, everybody can open them, and the bytes depend
// on nothing but the files. archive/zip would do, but it brings the compressor: 167
// KB (gzip) of a trainer that must stay small. PKWARE, APPNOTE.TXT 6.3.

const (
	zipLocal, zipCentral, zipEnd = 0x04034b50, 0x02014b50, 0x06054b50
	localLen, centralLen, endLen = 30, 46, 22
	zipDate                      = 1<<5 | 1 // 1 January 1980, the earliest there is
)

// Zip packs files. Together they must stay below 4 GiB.
func Zip(files []ckpt.NamedFile) ([]byte, error) {
	size := endLen
	for _, f := range files {
		size += localLen + centralLen + 2*len(f.Name) + len(f.Data)
	}
	if size > math.MaxUint32 || len(files) >= math.MaxUint16 {
		return nil, fmt.Errorf("%d files of %d bytes do not fit into a zip file", len(files), size)
	}
	b := make([]byte, 0, size)
	var central []byte
	for _, f := range files {
		// Version to read 1.0, names in UTF-8, method 0 (stored), time 0.
		fields := binary.LittleEndian.AppendUint16(nil, 10)
		for _, v := range []uint16{1 << 11, 0, 0, zipDate} {
			fields = binary.LittleEndian.AppendUint16(fields, v)
		}
		for _, v := range []uint32{crc32.ChecksumIEEE(f.Data), uint32(len(f.Data)), uint32(len(f.Data))} {
			fields = binary.LittleEndian.AppendUint32(fields, v)
		}
		fields = binary.LittleEndian.AppendUint16(fields, uint16(len(f.Name)))
		fields = append(fields, 0, 0) // no extra field

		central = binary.LittleEndian.AppendUint32(central, zipCentral)
		central = binary.LittleEndian.AppendUint16(central, 10) // made by
		central = append(central, fields...)
		central = append(central, make([]byte, 10)...) // no comment, disk 0, no attributes
		central = binary.LittleEndian.AppendUint32(central, uint32(len(b)))
		central = append(central, f.Name...)

		b = binary.LittleEndian.AppendUint32(b, zipLocal)
		b = append(b, fields...)
		b = append(b, f.Name...)
		b = append(b, f.Data...)
	}
	at := len(b)
	b = append(b, central...)
	b = binary.LittleEndian.AppendUint32(b, zipEnd)
	for _, v := range []int{0, 0, len(files), len(files)} {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(central)))
	b = binary.LittleEndian.AppendUint32(b, uint32(at))
	return append(b, 0, 0), nil // no comment
}

var errCut = errors.New("not a whole zip file: it may have been cut off; download it again")

// unzip reads a zip file of stored entries. The files alias b.
func unzip(b []byte) (map[string][]byte, error) {
	end := bytes.LastIndex(b, binary.LittleEndian.AppendUint32(nil, zipEnd))
	if end < 0 || len(b)-end < endLen {
		return nil, errCut
	}
	count := int(binary.LittleEndian.Uint16(b[end+10:]))
	at := uint64(binary.LittleEndian.Uint32(b[end+16:]))
	if at > uint64(end) {
		return nil, errCut
	}
	central := b[at:end]
	files := map[string][]byte{}
	for range count {
		if len(central) < centralLen || binary.LittleEndian.Uint32(central) != zipCentral {
			return nil, errCut
		}
		u16 := func(i int) int { return int(binary.LittleEndian.Uint16(central[i:])) }
		whole := centralLen + u16(28) + u16(30) + u16(32)
		if len(central) < whole {
			return nil, errCut
		}
		name := string(central[centralLen : centralLen+u16(28)])
		data, err := stored(b[:at], central)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if _, twice := files[name]; twice {
			return nil, fmt.Errorf("%s: stands in the zip file twice", name)
		}
		files[name] = data
		central = central[whole:]
	}
	return files, nil
}

// stored returns the bytes of the entry that a central header describes.
func stored(b, central []byte) ([]byte, error) {
	u32 := func(b []byte, i int) uint64 { return uint64(binary.LittleEndian.Uint32(b[i:])) }
	if method := binary.LittleEndian.Uint16(central[10:]); method != 0 {
		return nil, errors.New("is compressed: use the file as it was downloaded")
	}
	at, size := u32(central, 42), u32(central, 20)
	if at+localLen > uint64(len(b)) || u32(b[at:], 0) != zipLocal {
		return nil, errCut
	}
	from := at + localLen + uint64(binary.LittleEndian.Uint16(b[at+26:])) + uint64(binary.LittleEndian.Uint16(b[at+28:]))
	if from+size > uint64(len(b)) {
		return nil, errCut
	}
	data := b[from : from+size]
	if uint64(crc32.ChecksumIEEE(data)) != u32(central, 16) {
		return nil, errors.New("is damaged: its checksum differs; download it again")
	}
	return data, nil
}

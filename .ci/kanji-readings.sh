#!/usr/bin/env bash
# Writes the table of readings that ASCII names are made with, out of Unicode's Unihan database:
#
#   apt-get install unicode-data
#   .ci/kanji-readings.sh > src/KintoneSource/Catalog/KanjiReadings.Table.cs
#
# For each kanji of JIS X 0208 its first Sino-Japanese reading, and where there is none its first Japanese one. Names are
# stored in destinations: a table that differs from the released one renames their columns.
set -euo pipefail
. "$(dirname "$0")/common.sh"

data=/usr/share/unicode
[ -e "$data/Unihan_Readings.txt.bz2" ] || fail "please install the package unicode-data (or set the files of Unihan.zip, compressed by bzip2, in $data)"
version=$(bzcat "$data/Unihan_Readings.txt.bz2" | sed -n 's/^# Unicode version: //p')

# Where the first reading of Unihan is not the one that words of business forms are read with: 内容 is naiyou, not
# daiyou. Each is another reading of Unihan's, which the loop below insists on; 〆 alone is no kanji there.
customary='丁 CHOU 体 TAI 便 BIN 内 NAI 図 ZU 大 DAI 契 KEI 差 SA 度 DO 後 GO 御 GO 払 HARAU 曽 SOU 柔 JUU 株 KABU 格 KAKU 極 KYOKU 歳 SAI
漁 GYO 物 BUTSU 発 HATSU 相 SOU 省 SHOU 石 SEKI 示 JI 瓶 BIN 紅 KOU 納 NOU 細 SAI 織 SHIKI 自 JI 衰 SUI 読 DOKU 重 JUU'

cat <<HEAD
namespace KintoneSource.Catalog;

// Made by .ci/kanji-readings.sh from Unihan, Unicode ${version}: docs/licences/unicode.txt.
static partial class KanjiReadings
{
    const string Table = """
HEAD

{ bzcat "$data/Unihan_OtherMappings.txt.bz2" | grep -P '\tkJis0\t'; bzcat "$data/Unihan_Readings.txt.bz2" | grep -P '\tkJapanese(On|Kun)\t'; } |
  LC_ALL=C awk -F '\t' -v customary="$customary" '
    function utf8(hex,    n, i) {
      n = 0
      for (i = 3; i <= length(hex); i++) n = n * 16 + index("0123456789ABCDEF", substr(hex, i, 1)) - 1
      return sprintf("%c%c%c", 224 + int(n / 4096), 128 + int(n / 64) % 64, 128 + n % 64)
    }
    $2 == "kJis0" { kanji[++count] = $1 }
    $2 == "kJapaneseOn" { on[$1] = $3 }
    $2 == "kJapaneseKun" { kun[$1] = $3 }
    END {
      fields = split(customary, chosen, /[ \n]+/)
      for (i = 1; i < fields; i += 2) reading[chosen[i]] = chosen[i + 1]
      for (i = 1; i <= count; i++) {
        code = kanji[i]; character = utf8(code)
        if (character in reading) {
          first = reading[character]
          if (index(" " on[code] " " kun[code] " ", " " first " ") == 0) { print character " is not read " first > "/dev/stderr"; exit 1 }
        } else if (split(code in on ? on[code] : kun[code], all, " ")) first = all[1]
        else continue
        if (first !~ /^[A-Z]+$/) { print character " has the reading " first > "/dev/stderr"; exit 1 }
        print tolower(first) "\t" character
      }
      print "shime\t〆"
    }' | LC_ALL=C sort | LC_ALL=C awk -F '\t' '
    # A reading, then its kanji, then the next; some 110 characters to the line, of which a kanji takes three bytes.
    function flush() { if (line != "") print "        " line; line = ""; width = 0 }
    {
      if ($1 != last) { if (width > 90) flush(); else if (line != "") { line = line " "; width++ } line = line $1; width += length($1); last = $1 }
      else if (width > 110) flush()
      line = line $2; width++
    }
    END { flush() }'

printf '        """;\n}\n'

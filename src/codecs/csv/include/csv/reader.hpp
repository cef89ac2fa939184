// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/result.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace oakum::csv {

struct Row {
    std::uint64_t line = 0; // where it begins, from 1; a quoted field may span lines
    std::vector<std::string> fields;
    bool recoded = false; // it was no UTF-8 and was read as Windows-1252, which spreadsheets write too
};

struct Limits {
    std::size_t max_row_bytes = 256UL * 1024;
    std::size_t max_field_bytes = 32UL * 1024;
    std::size_t max_fields = 256;
    std::uint64_t max_rows = 20'000'000;
};

// RFC 4180 in pieces: quotes, doubled quotes, CRLF or LF, a byte order mark, UTF-16 behind one. The separator
// (comma, semicolon or tab) is the most frequent one of the first row, or what a first line "sep=;" says.
// Empty lines are passed over. Not shared between threads.
class Reader {
  public:
    struct Output {
        // An error stops the reading and comes back from feed or finish.
        std::function<base::Status(Row&&)> row;
        // A row that cannot be read: the reading goes on behind its line. An error stops as above.
        std::function<base::Status(std::uint64_t line, std::string reason)> bad;
    };
    explicit Reader(Output output, Limits limits = {});

    // Errors: invalid (a strange "sep="), too_large (rows), the output's own; afterwards nothing more may be
    // fed.
    base::Status feed(base::ByteView bytes);
    // A last row without a line end is a row; one inside quotes is bad.
    base::Status finish();
    // ',' until the first row was seen.
    char separator() const { return separator_; }

  private:
    enum class Mode : std::uint8_t { field_start, plain, formula, quoted, quote_in_quoted, lost };

    enum class Encoding : std::uint8_t { not_known, bytes, utf16_le, utf16_be };

    void look(std::string_view& bytes);
    std::string from_utf16(std::string_view bytes);
    base::Status text(std::string_view bytes);
    // Holds the first row back until it tells the separator.
    base::Status first_row(std::string_view& bytes);
    base::Status start();
    base::Status take(char c);
    base::Status end_row();
    base::Status lose(std::string reason);
    bool put(char c);
    bool end_field();

    Output output_;
    Limits limits_;
    Encoding encoding_ = Encoding::not_known;
    std::string mark_;       // the first bytes, until the encoding is known; then a half unit of UTF-16
    std::uint32_t high_ = 0; // a high surrogate that waits for its other half
    std::string head_;       // until the separator is known
    bool known_ = false;
    bool head_quoted_ = false;
    char separator_ = ',';
    Mode mode_ = Mode::field_start;
    bool carriage_ = false; // a CR came, its LF not yet
    std::uint64_t line_ = 1;
    std::uint64_t rows_ = 0;
    std::size_t row_bytes_ = 0;
    Row row_;
    std::string field_;
};

} // namespace oakum::csv

// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

namespace oakum::version {
namespace {

// Where two versions part, what is missing is 0, and a word comes before any number: a version with a letter
// is a pre-release. How many zeros stand before the next segment is part of its place.
constexpr char word_next = 1, end = 2, number_next = 3;

class Segments {
  public:
    void number(std::string_view digits) {
        if (is_zero(digits)) {
            ++zeros_;
            return;
        }
        key_ += number_next;
        key_ += static_cast<char>(longest_zeros - zeros_);
        append_number(key_, digits);
        zeros_ = 0;
    }
    void word(std::string_view letters) {
        if (!worded_) zeros_ = 0; // 1.0.rc1 is 1.rc1
        worded_ = true;
        key_ += word_next;
        key_ += static_cast<char>(zeros_);
        append_word(key_, letters);
        zeros_ = 0;
    }
    std::string take() {
        key_ += end;
        return std::move(key_);
    }

  private:
    static constexpr int longest_zeros = 127; // a version has at most 128 characters
    std::string key_;
    int zeros_ = 0;
    bool worded_ = false;
};

base::Status read_segment(std::string_view segment, Segments& segments) {
    if (segment.empty()) return unreadable("gem", "an empty segment");
    while (!segment.empty()) {
        if (const auto digits = take_digits(segment); !digits.empty()) {
            segments.number(digits);
            continue;
        }
        const auto letters = take_letters(segment);
        if (letters.empty()) return unreadable("gem", "a character that no version has");
        segments.word(letters);
    }
    return {};
}

} // namespace

// Gem::Version: segments of digits or letters; a hyphen begins a pre-release, as ".pre." would.
base::Result<std::string> gem_key(std::string_view text) {
    text = without_v(text);
    if (text.empty() || !is_digit(text.front())) return unreadable("gem", "it does not begin with a number");
    Segments segments;
    while (true) {
        const auto stop = text.find_first_of(".-");
        TRY(read_segment(text.substr(0, stop), segments));
        if (stop == std::string_view::npos) break;
        if (text[stop] == '-') segments.word("pre");
        text.remove_prefix(stop + 1);
    }
    return segments.take();
}

} // namespace oakum::version

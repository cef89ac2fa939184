// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace oakum::feeds {

// Cuts a stream of JSON into the texts of its records without reading them: one a line, one after another,
// the elements of one array, (when `wrapper` names it) the elements of that member of the document, or (with
// `members`) what is named by members of members of the document, that deep. After a record that is broken it
// goes on at the next beginning: a line that starts with '{' where no member could; among members nothing
// tells where that is, and the rest is not read.
class Splitter {
  public:
    struct Place {
        std::uint64_t line = 1;           // where the record begins
        std::uint64_t record = 0;         // its number, from 1
        bool element = false;             // of an array or object: then its number says more than the line
        std::array<std::string, 2> names; // with `members`: of the members around it
        std::string text() const;
    };
    struct Output {
        // `text` lasts for the call and has `padding` readable bytes behind it.
        std::function<base::Status(std::string_view text, const Place& place)> record;
        std::function<void(const Place& place, std::string reason)> broken;
        // The wrapping document as far as its list, which is shown empty; not called when that is too large.
        std::function<void(std::string_view text)> wrapper;
    };
    struct Settings {
        std::string wrapper;
        std::size_t max_record = 0;
        std::size_t padding = 0;
        std::size_t members = 0; // at most 2
    };

    Splitter(Settings settings, Output output);

    base::Status feed(std::string_view text);
    // What was held back; a record that did not end is broken.
    base::Status finish();
    // After finish: whether the document around the records ended as one does; always, without one.
    bool whole() const { return whole_; }

  private:
    // between: where a record may begin; after: behind the list in a wrapping document; lost: until the next
    // beginning.
    enum class Mode : std::uint8_t { between, inside, after, lost };
    static constexpr std::size_t max_depth = 62; // bits of kinds_

    // Takes bytes off the front of `text` until it is used up or every line proved to be a record.
    base::Status scan(std::string_view& text);
    void string_byte(char c);
    base::Status byte_between(char c);
    void byte_among_members(char c);
    base::Status byte_inside(char c);
    base::Status opens(char c);
    base::Status closes(char c);
    void newline();
    base::Status lines(std::string_view text);
    base::Status line_ended();

    void begin();
    void keep(std::string_view bytes);
    base::Status emit();
    void lose(std::string reason);
    bool may_open() const;
    bool in_array() const { return depth_ > 0 && (kinds_ >> (depth_ - 1) & 1) != 0; }
    bool may_be_wrapper() const { return !settings_.wrapper.empty() && base_ == 0 && depth_ == 1; }

    Settings settings_;
    Output output_;

    std::string text_;       // the record so far
    bool too_large_ = false; // longer than it may be, and no longer kept
    Place place_;
    std::uint64_t line_ = 1;
    std::uint64_t ended_on_line_ = 0; // records that began and ended on the present line

    bool lines_ = false; // the first record was alone on its line: so is every other
    Mode mode_ = Mode::between;
    std::size_t base_ = 0; // depth at which records begin: 0, 1 in an array, 2 in a wrapping document
    std::size_t depth_ = 0;
    std::uint64_t kinds_ = 0; // bit d - 1: the container at depth d is an array
    bool in_string_ = false;
    bool escape_ = false;
    bool line_start_ = true;
    bool whole_ = true;
    bool seen_ = false;  // the document of members began
    char before_ = '\0'; // the last byte outside of strings that is no space; '"' after a string
    std::string name_;   // the last string at depth 1 of what may be a wrapping document
};

} // namespace oakum::feeds

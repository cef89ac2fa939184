// SPDX-License-Identifier: Apache-2.0
#include "splitter.hpp"

#include <algorithm>
#include <utility>

namespace oakum::feeds {

using base::Status;

namespace {

constexpr std::size_t max_name = 256;

bool structural(char c) {
    return c == '{' || c == '}' || c == '[' || c == ']' || c == '"';
}

// The last byte before the next quote, escape or line end, or of the text.
std::size_t skip_string(std::string_view text, std::size_t at) {
    while (at + 1 < text.size() && text[at + 1] != '"' && text[at + 1] != '\\' && text[at + 1] != '\n')
        ++at;
    return at;
}

} // namespace

std::string Splitter::Place::text() const {
    return element ? "record " + std::to_string(record) : "line " + std::to_string(line);
}

Splitter::Splitter(Settings settings, Output output)
    : settings_(std::move(settings)), output_(std::move(output)) {}

Status Splitter::feed(std::string_view text) {
    while (!text.empty()) {
        if (lines_) return lines(text);
        TRY(scan(text));
    }
    return {};
}

Status Splitter::finish() {
    if (lines_) return line_ended();
    whole_ = base_ == 0 && mode_ != Mode::after && (mode_ != Mode::lost || settings_.members == 0);
    if (mode_ == Mode::inside)
        lose("the record is cut off");
    else if (mode_ == Mode::after || (mode_ == Mode::between && base_ > 0))
        lose("the document is cut off");
    return {};
}

Status Splitter::scan(std::string_view& text) {
    std::size_t kept = 0; // bytes before this one are kept or not wanted
    const auto keep_until = [&](std::size_t end) {
        if (mode_ == Mode::inside) keep(text.substr(kept, end - kept));
        kept = end;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n') {
            if (in_string_) lose("a line ends inside a string");
            newline();
            if (lines_) {
                text.remove_prefix(i + 1);
                return {};
            }
            continue;
        }
        if (in_string_) {
            // Most bytes are in strings that name nothing: on to what ends or escapes.
            if (mode_ != Mode::between && depth_ != 1 && !escape_ && c != '"' && c != '\\')
                i = skip_string(text, i);
            else
                string_byte(c);
            continue;
        }
        if (c == ' ' || c == '\t' || c == '\r') {
            line_start_ = false;
            continue;
        }
        if (mode_ == Mode::inside && !structural(c)) {
            before_ = c;
            line_start_ = false;
            continue;
        }
        const Mode mode = mode_;
        const std::uint64_t record = place_.record;
        const bool wrapper_opens =
            mode == Mode::inside && c == '[' && may_be_wrapper() && may_open() && name_ == settings_.wrapper;
        const bool ends = mode == Mode::inside && (c == '}' || c == ']') && depth_ == base_ + 1;
        if (wrapper_opens)
            keep_until(i);
        else if (ends)
            keep_until(i + 1);
        TRY(mode == Mode::between ? byte_between(c) : byte_inside(c));
        // A record that begins takes its first byte with it.
        if (mode_ == Mode::inside && (mode != Mode::inside || record != place_.record))
            kept = i;
        else if (mode_ != Mode::inside)
            kept = i + 1;
        line_start_ = false;
    }
    keep_until(text.size());
    text = {};
    return {};
}

void Splitter::string_byte(char c) {
    if (escape_) {
        escape_ = false;
    } else if (c == '\\') {
        escape_ = true;
    } else if (c == '"') {
        in_string_ = false;
        before_ = '"';
        return;
    }
    if (mode_ == Mode::between) {
        auto& name = place_.names[depth_ - 1];
        if (name.size() < max_name) name += c;
        return;
    }
    if (depth_ == 1 && name_.size() <= settings_.wrapper.size()) name_ += c;
}

void Splitter::newline() {
    if (mode_ == Mode::between && base_ == 0 && ended_on_line_ == 1 && settings_.members == 0) lines_ = true;
    ended_on_line_ = 0;
    ++line_;
    line_start_ = true;
}

// Between the records of a document of members: names, and the objects around records.
void Splitter::byte_among_members(char c) {
    const bool mark = c == '\xEF' || c == '\xBB' || c == '\xBF';
    if (mark && line_ == 1 && !seen_) return;
    if (c == '{' && !seen_) {
        seen_ = true;
        base_ = settings_.members;
        depth_ = 1;
    } else if (c == '{' && before_ == ':' && depth_ == settings_.members) {
        begin();
        return;
    } else if (c == '{' && before_ == ':' && depth_ > 0) {
        ++depth_;
    } else if (c == '"' && depth_ > 0 && (before_ == '{' || before_ == ',')) {
        in_string_ = true;
        escape_ = false;
        place_.names[depth_ - 1].clear();
        return;
    } else if (c == '}' && depth_ > 0 && (before_ == '{' || before_ == '}')) {
        if (--depth_ == 0) base_ = 0;
    } else if ((c != ':' || before_ != '"') && (c != ',' || before_ != '}' || depth_ == 0)) {
        ++place_.record;
        place_.line = line_;
        place_.element = true;
        lose("this is no object of objects from here on; the rest was not read");
        return;
    }
    before_ = c;
}

Status Splitter::byte_between(char c) {
    if (settings_.members > 0) {
        byte_among_members(c);
        return {};
    }
    if (c == '{') {
        begin();
        return {};
    }
    if (c == ',' && base_ > 0) return {};
    if (c == '[' && base_ == 0 && place_.record == 0) {
        base_ = depth_ = 1;
        kinds_ = 1;
        return {};
    }
    if (c == ']' && base_ > 0) {
        --depth_;
        before_ = ']';
        mode_ = base_ == 2 ? Mode::after : Mode::between;
        base_ = base_ == 2 ? base_ : 0;
        return {};
    }
    // A byte order mark before everything.
    const bool mark = c == '\xEF' || c == '\xBB' || c == '\xBF';
    if (mark && line_ == 1 && place_.record == 0) return {};
    ++place_.record;
    place_.line = line_;
    lose("a record begins with '{', not with this");
    return {};
}

Status Splitter::byte_inside(char c) {
    if (mode_ == Mode::lost) {
        if (c == '{' && line_start_ && settings_.members == 0) {
            depth_ = base_;
            begin();
        }
        return {};
    }
    switch (c) {
    case '"':
        in_string_ = true;
        escape_ = false;
        name_.clear();
        return {};
    case '{':
    case '[':
        return opens(c);
    case '}':
    case ']':
        return closes(c);
    default:
        before_ = c;
        return {};
    }
}

bool Splitter::may_open() const {
    return in_array() ? before_ == '[' || before_ == ',' : before_ == ':';
}

Status Splitter::opens(char c) {
    if (!may_open()) {
        lose("the record is cut off or a comma is missing");
        if (c == '{' && line_start_ && settings_.members == 0) {
            depth_ = base_;
            begin();
        }
        return {};
    }
    if (depth_ >= max_depth) {
        lose("nested deeper than " + std::to_string(max_depth) + " levels");
        return {};
    }
    if (mode_ == Mode::inside && c == '[' && may_be_wrapper() && name_ == settings_.wrapper) {
        if (!too_large_ && output_.wrapper) output_.wrapper(text_ + "[]}");
        --place_.record;
        base_ = depth_ = 2;
        kinds_ = 2;
        mode_ = Mode::between;
        return {};
    }
    ++depth_;
    const std::uint64_t bit = std::uint64_t{1} << (depth_ - 1);
    kinds_ = c == '[' ? kinds_ | bit : kinds_ & ~bit;
    before_ = c;
    return {};
}

Status Splitter::closes(char c) {
    if (in_array() != (c == ']')) {
        lose("a bracket does not match");
        return {};
    }
    --depth_;
    before_ = c;
    if (mode_ == Mode::inside && depth_ == base_) {
        mode_ = Mode::between;
        if (place_.line == line_) ++ended_on_line_;
        return emit();
    }
    if (mode_ == Mode::after && depth_ == 0) {
        mode_ = Mode::between;
        base_ = 0;
    }
    return {};
}

void Splitter::begin() {
    mode_ = Mode::inside;
    kinds_ &= ~(std::uint64_t{1} << base_);
    depth_ = base_ + 1;
    before_ = '{';
    text_.clear();
    too_large_ = false;
    name_.clear();
    place_.line = line_;
    ++place_.record;
    place_.element = base_ > 0;
}

void Splitter::keep(std::string_view bytes) {
    if (too_large_) return;
    if (text_.size() + bytes.size() > settings_.max_record) {
        too_large_ = true;
        text_.clear();
        return;
    }
    text_.append(bytes);
}

Status Splitter::emit() {
    if (std::exchange(too_large_, false)) {
        output_.broken(place_,
                       "the record is longer than " + std::to_string(settings_.max_record) + " bytes");
        return {};
    }
    const std::size_t size = text_.size();
    text_.append(settings_.padding, ' ');
    Status status = output_.record(std::string_view(text_).substr(0, size), place_);
    text_.clear();
    return status;
}

void Splitter::lose(std::string reason) {
    output_.broken(place_, std::move(reason));
    if (mode_ == Mode::after) base_ = 0;
    mode_ = Mode::lost;
    in_string_ = false;
    text_.clear();
}

Status Splitter::lines(std::string_view text) {
    while (true) {
        const std::size_t end = text.find('\n');
        keep(text.substr(0, end));
        if (end == std::string_view::npos) return {};
        TRY(line_ended());
        text.remove_prefix(end + 1);
    }
}

Status Splitter::line_ended() {
    place_.line = line_++;
    if (!too_large_) {
        const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
        while (!text_.empty() && space(text_.back()))
            text_.pop_back();
        if (std::all_of(text_.begin(), text_.end(), space)) {
            text_.clear();
            return {};
        }
    }
    ++place_.record;
    return emit();
}

} // namespace oakum::feeds

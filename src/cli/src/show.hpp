// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api.hpp"
#include "verb.hpp"

namespace oakum::cli {

enum class Output { table, json, csv };

// How results are shown, the same for every verb.
struct Shown {
    Output output = Output::table;
    Console* console = nullptr;

    // On a terminal that is too narrow spare columns are left out, which is said, and text is cut; ids never
    // are.
    void page(std::vector<Column> columns, const std::vector<json::Value>& items,
              std::string_view empty) const;
    void object(const std::vector<Column>& lines, const json::Value& value) const;
    // A sentence of its own: wrapped on a terminal, and only there where somebody reads.
    void sentence(std::string_view text) const;
    std::string cell(const json::Value& item, const Column& column) const;

  private:
    int width() const { return console->terminal ? console->width : 0; }
};

// "3 h ago", "in 2 days"; exact when the output is not for a terminal.
std::string relative(base::TimePoint then, base::TimePoint now);
std::string grouped(long long number); // 1,674

} // namespace oakum::cli

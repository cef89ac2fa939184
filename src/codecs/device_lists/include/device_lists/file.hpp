// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device_lists/columns.hpp>

#include <base/time.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace oakum::device_lists {

// What one line says of one device.
struct Record {
    std::uint64_t line = 0;
    std::string id;                           // the device's own here; empty: not said
    std::string group;                        // by name; empty: not said
    std::map<std::string, std::string> facts; // by key, no empty values
    bool sighting = false;
};
struct Refused {
    std::uint64_t line = 0;
    std::string reason;
};
struct Piece {
    std::vector<Record> records;
    std::vector<Refused> refused;
    bool last = false;
};

enum class Form : std::uint8_t { table, nmap, dnsmasq, isc_dhcpd, kea };
std::string_view to_string(Form form); // "nmap"
// Which of them a file is, by how it begins.
Form form_of(std::string_view text);

// How 3/4/2026 is meant: with the day or the month in front.
enum class Dates : std::uint8_t { by_the_file, day_first, month_first };

struct Wishes {
    Told told;
    // By the name of the set of heads; empty: nothing is remembered.
    std::function<Told(const std::string& heads)> remembered;
    Persons persons = Persons::left_out;
    Dates dates = Dates::by_the_file;
};

// A file of devices, read from its front once. Not shared between threads.
class File {
  public:
    virtual ~File() = default;
    // Of a table; without columns for the other forms.
    virtual const Layout& layout() const = 0;
    // What a person should know of how it is read, in sentences; whole after the last piece.
    virtual std::vector<std::string> notes() const = 0;
    // The next records, at most so many. Errors: invalid (the file as a whole cannot be read on).
    virtual base::Result<Piece> next(std::size_t most) = 0;
};

// `text` outlives the file. Errors: invalid (nothing in it, its first line), too_large.
base::Result<std::unique_ptr<File>> open(std::string_view text, const Wishes& wishes);

inline constexpr std::uint64_t kMostRecords = 1'000'000;

} // namespace oakum::device_lists

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace oakum::system {

// Owns a file descriptor.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() { close(); }
    int get() const { return number_; }
    bool open() const { return number_ >= 0; }
    int release() { return std::exchange(number_, -1); }
    void close() {
        if (number_ >= 0) ::close(std::exchange(number_, -1));
    }

  private:
    int number_ = -1;
};

// What errno says, in the kinds of Oakum.
inline base::Error system_error(std::string doing, int number = errno) {
    std::string text = std::move(doing) + ": " + std::strerror(number);
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return base::not_found(std::move(text));
    case EACCES:
    case EPERM:
    case EROFS:
        return base::denied(std::move(text));
    default:
        return base::unavailable(std::move(text));
    }
}

} // namespace oakum::system

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace oakum::base {

// Closed: each kind becomes one HTTP status and one exit code, in one place each.
enum class ErrorKind {
    not_found,
    invalid,
    conflict,
    denied,
    unauthenticated,
    too_large,
    unavailable,
    corrupt,
    bug
};

std::string_view to_string(ErrorKind kind);

// What failed, in a sentence for the person who reads it, and where in the input ("line 3, column 7",
// "/cpe/2").
struct Error {
    ErrorKind kind = ErrorKind::bug;
    std::string message;
    std::string where;

    // "storing the report of device d-17: disk full"
    Error wrap(std::string_view doing) &&;
    Error at(std::string_view place) &&;
    std::string text() const;
    bool operator==(const Error&) const = default;
};

inline Error not_found(std::string message) {
    return {ErrorKind::not_found, std::move(message), {}};
}
inline Error invalid(std::string message) {
    return {ErrorKind::invalid, std::move(message), {}};
}
inline Error conflict(std::string message) {
    return {ErrorKind::conflict, std::move(message), {}};
}
inline Error denied(std::string message) {
    return {ErrorKind::denied, std::move(message), {}};
}
inline Error unauthenticated(std::string message) {
    return {ErrorKind::unauthenticated, std::move(message), {}};
}
inline Error too_large(std::string message) {
    return {ErrorKind::too_large, std::move(message), {}};
}
inline Error unavailable(std::string message) {
    return {ErrorKind::unavailable, std::move(message), {}};
}
inline Error corrupt(std::string message) {
    return {ErrorKind::corrupt, std::move(message), {}};
}
inline Error bug(std::string message) {
    return {ErrorKind::bug, std::move(message), {}};
}

// A value or an Error. Dropping one does not compile. Reading the wrong side aborts: that is a bug, not a
// failure.
template <class T> class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & { return check(0), *std::get_if<0>(&state_); }
    const T& value() const& { return check(0), *std::get_if<0>(&state_); }
    T&& value() && { return check(0), std::move(*std::get_if<0>(&state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T value_or(T fallback) && { return ok() ? std::move(*this).value() : std::move(fallback); }

    Error& error() & { return check(1), *std::get_if<1>(&state_); }
    const Error& error() const& { return check(1), *std::get_if<1>(&state_); }
    Error&& error() && { return check(1), std::move(*std::get_if<1>(&state_)); }

  private:
    void check(std::size_t wanted) const {
        if (state_.index() != wanted) std::abort();
    }
    std::variant<T, Error> state_;
};

struct Nothing {
    bool operator==(const Nothing&) const = default;
};

template <> class [[nodiscard]] Result<void> : public Result<Nothing> {
  public:
    Result() : Result<Nothing>(Nothing{}) {}
    Result(Error error) : Result<Nothing>(std::move(error)) {}
};

using Status = Result<void>;

} // namespace oakum::base

#define OAKUM_CONCAT_(a, b) a##b
#define OAKUM_CONCAT(a, b) OAKUM_CONCAT_(a, b)

// TRY(expression);            returns the error of a Status
// TRY_VALUE(auto x, expression);   binds the value or returns the error
#define TRY(expression)                                                                                      \
    do {                                                                                                     \
        auto oakum_try_result = (expression);                                                                \
        if (!oakum_try_result.ok()) return std::move(oakum_try_result).error();                              \
    } while (false)

#define TRY_VALUE(declaration, expression)                                                                   \
    auto OAKUM_CONCAT(oakum_try_, __LINE__) = (expression);                                                  \
    if (!OAKUM_CONCAT(oakum_try_, __LINE__).ok())                                                            \
        return std::move(OAKUM_CONCAT(oakum_try_, __LINE__)).error();                                        \
    declaration = std::move(OAKUM_CONCAT(oakum_try_, __LINE__)).value()

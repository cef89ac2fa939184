// SPDX-License-Identifier: Apache-2.0
#include <base/result.hpp>

namespace oakum::base {

std::string_view to_string(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::not_found:
        return "not_found";
    case ErrorKind::invalid:
        return "invalid";
    case ErrorKind::conflict:
        return "conflict";
    case ErrorKind::denied:
        return "denied";
    case ErrorKind::unauthenticated:
        return "unauthenticated";
    case ErrorKind::too_large:
        return "too_large";
    case ErrorKind::unavailable:
        return "unavailable";
    case ErrorKind::corrupt:
        return "corrupt";
    case ErrorKind::bug:
        return "bug";
    }
    return "bug";
}

Error Error::wrap(std::string_view doing) && {
    message = std::string(doing) + ": " + message;
    return std::move(*this);
}

Error Error::at(std::string_view place) && {
    where = where.empty() ? std::string(place) : std::string(place) + where;
    return std::move(*this);
}

std::string Error::text() const {
    return where.empty() ? message : message + " (at " + where + ")";
}

} // namespace oakum::base

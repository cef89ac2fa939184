// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

#include <version/version.hpp>

namespace oakum::version {
namespace {

constexpr char candidate = 1, release = 2;

struct Kernel {
    std::vector<std::string_view> numbers;
    std::string_view candidate_number;
};

// "6.6.144-yocto-standard": the numbers are upstream's, what follows is the builder's. Distributions whose
// third number stays 0 and who count in the suffix ("5.15.0-91-generic") have left upstream's numbering:
// refused.
base::Result<Kernel> read(std::string_view text) {
    text = without_v(text);
    Kernel kernel;
    while (kernel.numbers.size() < 4) {
        const auto number = take_digits(text);
        if (number.empty()) return unreadable("kernel", "a number is missing");
        kernel.numbers.push_back(number);
        if (text.size() < 2 || text[0] != '.' || !is_digit(text[1])) break;
        text.remove_prefix(1);
    }
    if (kernel.numbers.size() < 2) return unreadable("kernel", "it needs at least two numbers");
    if (kernel.numbers[0].size() > 2) return unreadable("kernel", "its first number is no kernel's");
    if (!text.empty() && std::string_view("-+_~ .").find(text.front()) == std::string_view::npos)
        return unreadable("kernel", "something follows the numbers");
    if (text.find_first_of("*<>=,") != std::string_view::npos)
        return unreadable("kernel", "a family or a range");
    if (text.starts_with("-rc")) {
        auto rest = text.substr(3);
        kernel.candidate_number = take_digits(rest);
        if (kernel.candidate_number.empty()) return unreadable("kernel", "-rc without a number");
    } else if (text.size() > 1 && text[0] == '-' && is_digit(text[1]) && kernel.numbers.size() == 3 &&
               is_zero(kernel.numbers[2])) {
        return unreadable("kernel", "a distribution's own numbering");
    }
    return kernel;
}

} // namespace

base::Result<std::string> kernel_key(std::string_view text) {
    TRY_VALUE(const Kernel kernel, read(text));
    std::string key;
    for (std::size_t i = 0; i < 4; ++i)
        append_number(key, i < kernel.numbers.size() ? kernel.numbers[i] : std::string_view());
    if (kernel.candidate_number.empty()) {
        key += release;
    } else {
        key += candidate;
        append_number(key, kernel.candidate_number);
    }
    return key;
}

base::Result<std::string> kernel_series(std::string_view text) {
    if (text.size() > longest_version) return base::too_large("a version of more than 128 characters");
    TRY_VALUE(const Kernel kernel, read(text));
    std::string series(kernel.numbers[0]);
    series.append(".").append(kernel.numbers[1]);
    if (series == "2.6" && kernel.numbers.size() > 2) series.append(".").append(kernel.numbers[2]);
    return series;
}

} // namespace oakum::version

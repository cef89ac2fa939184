// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/refs.hpp>
#include <base/time.hpp>
#include <exception/course.hpp>
#include <exception/machine.hpp>
#include <ports/rows.hpp>

namespace oakum::api {

struct Covers {
    std::uint64_t devices = 0, findings = 0, exploited = 0;
};

struct Exception {
    ports::ExceptionRow row;
    std::string sentence;
    std::optional<GroupRef> group;
    Covers covers;
    std::string devices_query;
    bool ends_soon = false;
};

struct ExceptionPreview {
    std::string sentence;
    Covers covers;
    std::string devices_query;
    bool second_person = false;
    ports::FiguresRow before, after;
};

enum class ExceptionFilter : std::uint8_t { current, asked, in_force, ending, over, all };

// Errors: not_found, denied, conflict (it was decided already), invalid with its place.
class ExceptionsService {
  public:
    virtual ~ExceptionsService() = default;
    virtual void list(const access::Actor& actor, ExceptionFilter filter, exception::Period during,
                      PageRequest page, Answer<Page<Exception>> answer) = 0;
    virtual void get(const access::Actor& actor, ports::ExceptionId id, Answer<Exception> answer) = 0;
    virtual void preview(const access::Actor& actor, exception::Wish wish,
                         Answer<ExceptionPreview> answer) = 0;
    virtual void ask(const access::Actor& actor, exception::Wish wish, Answer<Exception> answer) = 0;
    virtual void decide(const access::Actor& actor, ports::ExceptionId id, exception::Event event,
                        std::string why, Answer<Exception> answer) = 0;
};

} // namespace oakum::api

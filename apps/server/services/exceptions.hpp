// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/exceptions_service.hpp>
#include <exceptions/exceptions.hpp>

namespace oakum::server {

// What one covers is added up over the fleet: on the background's thread.
class ExceptionsService final : public api::ExceptionsService {
  public:
    ExceptionsService(Context context, exceptions::Exceptions& exceptions)
        : context_(context), exceptions_(exceptions) {}
    void list(const access::Actor& actor, api::ExceptionFilter filter, exception::Period during,
              api::PageRequest page, api::Answer<api::Page<api::Exception>> answer) override;
    void get(const access::Actor& actor, ports::ExceptionId id, api::Answer<api::Exception> answer) override;
    void preview(const access::Actor& actor, exception::Wish wish,
                 api::Answer<api::ExceptionPreview> answer) override;
    void ask(const access::Actor& actor, exception::Wish wish, api::Answer<api::Exception> answer) override;
    void decide(const access::Actor& actor, ports::ExceptionId id, exception::Event event, std::string why,
                api::Answer<api::Exception> answer) override;

  private:
    Context context_;
    exceptions::Exceptions& exceptions_;
};

} // namespace oakum::server

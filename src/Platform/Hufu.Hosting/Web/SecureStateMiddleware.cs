using Hufu.Contracts;
using Microsoft.AspNetCore.Http;

namespace Hufu.Hosting;

/// <summary>After a failed self-test nothing is taken that would use a key or change a record; reading and health go on, so that people can see why.</summary>
internal sealed class SecureStateMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        SelfTest.HasFailed && !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
            ? throw new RefusedException(RefusalCode.DeviceUnavailable, "A self-test has failed; the process is in its secure state.")
            : next(context);
}

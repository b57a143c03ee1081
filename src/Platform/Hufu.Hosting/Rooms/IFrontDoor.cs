using Microsoft.AspNetCore.Http;

namespace Hufu.Hosting;

/// <summary>A room that is asked so often that routing and the headers of pages would cost more than its answer: status and time. It sees each request first and leaves what is not its own.</summary>
public interface IFrontDoor
{
    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <returns>The running answer; null when the request is not for this door.</returns>
    Task? TryHandle(HttpContext context);
}

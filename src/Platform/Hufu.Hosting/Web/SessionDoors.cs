using System.Collections.Concurrent;
using Hufu.Governance;
using Microsoft.AspNetCore.Http;

namespace Hufu.Hosting;

/// <summary>The sessions of the rooms in this process, for the edge and for pages.</summary>
public sealed class SessionDoors
{
    private readonly ConcurrentDictionary<string, SignInGate> _gates = new(StringComparer.Ordinal);

    /// <summary>The name of a room's session cookie.</summary>
    public static string CookieName(string room) => $"hufu-{room}";

    /// <summary>The session that a request brings for a room, or null.</summary>
    /// <param name="context">The request.</param>
    /// <param name="room">The room.</param>
    public Task<StaffSession?> FindAsync(HttpContext context, string room)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _gates.TryGetValue(room, out var gate) ? gate.FindAsync(context.Request.Cookies[CookieName(room)], context.RequestAborted) : Task.FromResult<StaffSession?>(null);
    }

    internal void Add(string room, SignInGate gate) => _gates[room] = gate;
}

/// <summary>Tells the gate of acts in which session a request came.</summary>
internal sealed class SessionMiddleware(RequestDelegate next, SessionDoors doors)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsPost(request.Method) && request.Path.Value?.Split('/') is ["", "api", var room, _, ..] && request.Cookies.ContainsKey(SessionDoors.CookieName(room)))
        {
            StaffSession.Current = await doors.FindAsync(context, room).ConfigureAwait(false) ?? StaffSession.Ended;
        }

        await next(context).ConfigureAwait(false);
    }
}

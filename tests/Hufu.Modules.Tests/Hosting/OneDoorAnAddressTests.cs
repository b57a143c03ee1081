using Hufu.Hosting;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Hufu.Modules.Tests.Hosting;

/// <summary>Two doors of one address are found at the start.</summary>
public sealed class OneDoorAnAddressTests
{
    [Theory]
    [InlineData("/api/ca/backups", "/api/ca/backups/", true)]
    [InlineData("/api/ca/repairs/{id}", "/api/ca/repairs/{number}", true)]
    [InlineData("/api/ca/repairs/{id}", "/api/ca/repairs/{number:long}", false)]
    [InlineData("/api/ca/backups", "/api/ca/key-backups", false)]
    public async Task Two_doors_of_one_address_stop_the_start(string first, string second, bool stops)
    {
        await using WebApplication app = WebApplication.CreateSlimBuilder().Build();
        app.MapGet(first, static () => "first");
        app.MapPost(first, static () => "another method is another door");
        OneDoorAnAddress.Demand(app);
        app.MapGet(second, static () => "second");
        Exception? thrown = Record.Exception(() => OneDoorAnAddress.Demand(app));
        Assert.Equal(stops, thrown is InvalidOperationException);
    }
}

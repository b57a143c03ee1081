using System.Text.Json;
using Hufu.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hufu.Hosting;

/// <summary>Shows people of the CA what backups there are and when a restore was last tried. Reads what the commands have written; a line that is none is left out.</summary>
/// <param name="context">The CA.</param>
internal sealed class BackupDesk(RoomContext context)
{
    private const int MostBackups = 200;
    private const int MostDrills = 100;
    private const int FileLimit = 4 * 1024 * 1024;

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        var doors = endpoints.ServiceProvider.GetRequiredService<SessionDoors>();
        endpoints.MapGet($"/api/{context.Name}/backups", async (HttpContext http) =>
        {
            _ = await doors.FindAsync(http, context.Name) ?? throw new RefusedException(RefusalCode.SessionMissing);
            return Results.Json(new BackupBook(Newest<BackupLine>(BackupBook.BackupsFile, MostBackups), Newest<DrillLine>(BackupBook.DrillsFile, MostDrills)), ContractJson.Options);
        }).WithName("backups").WithTags(context.Name).WithSummary("Backups made and restores tried, in a session").Produces<BackupBook>().ProducesRefusals();
    }

    // The end of the file is enough: the newest lines stand there.
    private List<T> Newest<T>(string name, int most)
        where T : class
    {
        FileInfo file = new(Path.Combine(context.Settings.DataDirectory, name));
        if (!file.Exists)
        {
            return [];
        }

        using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(Math.Max(0, stream.Length - FileLimit), SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').Reverse().Select(Read<T>).OfType<T>().Take(most)];
    }

    private static T? Read<T>(string line)
        where T : class
    {
        try
        {
            return line.Length == 0 ? null : JsonSerializer.Deserialize<T>(line, ContractJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

import type { CameraView } from '@framehub/frame';
import type { GatewayContext } from '../context.js';

type HomeAssistantSettings = Pick<GatewayContext['settings']['homeassistant'], 'discoveryPrefix' | 'nodeId'>;
type DiscoveryContext = Pick<GatewayContext, 'hub' | 'settings' | 'topics'>;

/** One entity of a device in Home Assistant. */
export interface Component {
  readonly platform: string;
  readonly [key: string]: unknown;
}

export interface Discovery {
  readonly topic: string;
  readonly payload: { readonly components: Readonly<Record<string, Component>>; readonly [key: string]: unknown };
}

/** The retained message that announces a camera to Home Assistant: one device with all of its entities. */
export function discoveryOf(context: DiscoveryContext, camera: CameraView): Discovery {
  const { hub, settings, topics } = context;
  const { name } = camera;
  const { nodeId, discoveryPrefix } = settings.homeassistant;
  const id = deviceId(nodeId, name);
  return {
    topic: discoveryTopic(discoveryPrefix, id),
    payload: {
      device: {
        identifiers: [id],
        name,
        manufacturer: 'framehub',
        model: camera.status().source,
        sw_version: hub.version,
        configuration_url: settings.httpUrl(name),
      },
      origin: { name: 'framehub', sw_version: hub.version },
      availability: [{ topic: topics.available }, { topic: topics.of(name).available }],
      availability_mode: 'all',
      components: componentsOf(context, camera, id),
    },
  };
}

export const deviceId = (nodeId: string, camera: string): string => `framehub_${nodeId}_${camera}`;

export const discoveryTopic = (prefix: string, id: string): string => `${prefix}/device/${id}/config`;

/** Whether cameras of this node are announced on a topic, now or later. */
export function isOwnDiscovery({ discoveryPrefix, nodeId }: HomeAssistantSettings, topic: string): boolean {
  return topic.startsWith(`${discoveryPrefix}/device/${deviceId(nodeId, '')}`);
}

function componentsOf({ topics }: DiscoveryContext, camera: CameraView, id: string): Record<string, Component> {
  const { base, snapshot, attributes, stats, enabled, profile } = topics.of(camera.name);
  const { profiles } = camera.settings();
  /** @param name null for the device's own */
  const entity = (platform: string, key: string, name: string | null, fields: object): Component => ({
    platform,
    unique_id: `${id}_${key}`,
    name,
    default_entity_id: `${platform}.${entityId(name === null ? camera.name : `${camera.name} ${name}`)}`,
    ...fields,
  });
  // A camera that is off or has failed is unavailable, but can be switched on, and its problem seen.
  const availability = [{ topic: topics.available }];
  return {
    snapshot: entity('camera', 'snapshot', null, { topic: snapshot, json_attributes_topic: attributes }),
    fps: entity('sensor', 'fps', 'FPS', {
      state_topic: stats,
      value_template: '{{ value_json.fps_measured }}',
      unit_of_measurement: 'fps',
      state_class: 'measurement',
      entity_category: 'diagnostic',
    }),
    problem: entity('binary_sensor', 'problem', 'Problem', {
      device_class: 'problem',
      state_topic: stats,
      value_template: "{{ 'ON' if value_json.problem else 'OFF' }}",
      json_attributes_topic: stats,
      entity_category: 'diagnostic',
      availability,
    }),
    enabled: entity('switch', 'enabled', 'Enabled', {
      command_topic: `${base}/enabled/set`,
      state_topic: enabled,
      payload_on: 'ON',
      payload_off: 'OFF',
      availability,
    }),
    get_snapshot: entity('button', 'get_snapshot', 'Take snapshot', {
      command_topic: `${base}/snapshot/get`,
      payload_press: '{"fresh":true}',
    }),
    ...(profiles.length > 0 && {
      profile: entity('select', 'profile', 'Profile', {
        command_topic: `${base}/profile/set`,
        state_topic: profile,
        options: profiles,
        entity_category: 'config',
      }),
    }),
  };
}

/** Entity ids are lower case letters, digits and `_`. */
const entityId = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '_');

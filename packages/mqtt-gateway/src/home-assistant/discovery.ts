import type { CameraView } from '@framehub/frame';
import type { Context } from '../context.js';

type HomeAssistantSettings = Pick<Context['settings']['homeassistant'], 'discoveryPrefix' | 'nodeId'>;
type DiscoveryContext = Pick<Context, 'hub' | 'settings' | 'topics'>;

/** An entity, by the platform that shows it. */
export interface Component {
  readonly platform: string;
  readonly [key: string]: unknown;
}

export interface Announcement {
  readonly topic: string;
  readonly payload: { readonly components: Readonly<Record<string, Component>>; readonly [key: string]: unknown };
}

/** Where a camera is announced to Home Assistant, and how: one device with all that it has. Retained. */
export function discoveryOf(context: DiscoveryContext, camera: CameraView): Announcement {
  const { hub, settings, topics } = context;
  const { name } = camera;
  const { nodeId, discoveryPrefix } = settings.homeassistant;
  const id = objectId(nodeId, name);
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
      components: components(context, camera, id),
    },
  };
}

export const objectId = (nodeId: string, camera: string): string => `framehub_${nodeId}_${camera}`;

export const discoveryTopic = (prefix: string, id: string): string => `${prefix}/device/${id}/config`;

/** Whether a topic is one of those where cameras of this node are announced, or may be some day. */
export function isOwnDiscovery({ discoveryPrefix, nodeId }: HomeAssistantSettings, topic: string): boolean {
  return topic.startsWith(`${discoveryPrefix}/device/${objectId(nodeId, '')}`);
}

function components({ topics }: DiscoveryContext, camera: CameraView, id: string): Record<string, Component> {
  const { base, snapshot, attributes, stats, enabled, profile } = topics.of(camera.name);
  const { profiles } = camera.settings();
  const entity = entityName(camera.name);
  // A camera that is off or in trouble is not available, but can be switched on, and its trouble seen.
  const always = { availability: [{ topic: topics.available }] };
  return {
    snapshot: {
      platform: 'camera',
      unique_id: `${id}_snapshot`,
      name: null,
      default_entity_id: `camera.${entity}`,
      topic: snapshot,
      json_attributes_topic: attributes,
    },
    fps: {
      platform: 'sensor',
      unique_id: `${id}_fps`,
      name: 'FPS',
      default_entity_id: `sensor.${entity}_fps`,
      state_topic: stats,
      value_template: '{{ value_json.fps }}',
      unit_of_measurement: 'fps',
      state_class: 'measurement',
      entity_category: 'diagnostic',
    },
    problem: {
      platform: 'binary_sensor',
      unique_id: `${id}_problem`,
      name: 'Problem',
      default_entity_id: `binary_sensor.${entity}_problem`,
      device_class: 'problem',
      state_topic: stats,
      value_template: "{{ 'ON' if value_json.problem else 'OFF' }}",
      json_attributes_topic: stats,
      entity_category: 'diagnostic',
      ...always,
    },
    enabled: {
      platform: 'switch',
      unique_id: `${id}_enabled`,
      name: 'Enabled',
      default_entity_id: `switch.${entity}_enabled`,
      command_topic: `${base}/enabled/set`,
      state_topic: enabled,
      payload_on: 'ON',
      payload_off: 'OFF',
      ...always,
    },
    get_snapshot: {
      platform: 'button',
      unique_id: `${id}_get_snapshot`,
      name: 'Take snapshot',
      default_entity_id: `button.${entity}_take_snapshot`,
      command_topic: `${base}/snapshot/get`,
      payload_press: '{"fresh":true}',
    },
    ...(profiles.length > 0 && {
      profile: {
        platform: 'select',
        unique_id: `${id}_profile`,
        name: 'Profile',
        default_entity_id: `select.${entity}_profile`,
        command_topic: `${base}/profile/set`,
        state_topic: profile,
        options: profiles,
        entity_category: 'config',
      },
    }),
  };
}

/** Entity ids are lower case letters, digits and `_`. */
const entityName = (camera: string): string => camera.toLowerCase().replace(/[^a-z0-9]/g, '_');
